// The smallest whole plugin: one tool, one monitor, one widget. Reaches nothing outside.
import { definePlugin, z } from "jarvis";

const name = z.string().max(60).describe("Whom to greet");
const greet = (whom: string): string => `Hello, ${whom}.`;

export default definePlugin({
  title: "Hello",
  about: "Says hello, and shows how small a plugin can be.",
  config: z.strictObject({ name: name.default("operator") }),
  monitors: { greeting: { every: "1h", state: z.object({ words: z.string() }), read: ({ config }) => ({ words: greet(config.name) }) } },
  tools: { greeting_say: { title: "Say hello", about: "Greets by name.", effect: "read", input: z.object({ name }), run: (_, input) => ({ text: greet(input.name) }) } },
  widgets: { greeting: { title: "Hello", kind: "stat", from: "greeting", field: "words" } },
});
