// The table of commands: name, usage and one line each; loaded only when run. The launcher looks for plugins by the absence of commands/NAME.ts.
import type { Command } from "./command.ts";

export interface Row {
  readonly name: string;
  readonly group: "Run it" | "Ask it" | "Decide" | "Let in" | "Work on it";
  readonly usage: string;
  readonly about: string;
  load(): Promise<{ command: Command }>;
}

export const COMMANDS: readonly Row[] = [
  { name: "start", group: "Run it", usage: "start", about: "start Jarvis (the same as ./jarvis alone)", load: () => import("./commands/start.ts") },
  { name: "stop", group: "Run it", usage: "stop", about: "stop it in good order", load: () => import("./commands/stop.ts") },
  { name: "status", group: "Run it", usage: "status", about: "what it sees and cannot see, may do, and what waits", load: () => import("./commands/status.ts") },
  { name: "self", group: "Run it", usage: "self", about: "what it runs on, cannot do without, and so never disturbs", load: () => import("./commands/self.ts") },
  { name: "setup", group: "Run it", usage: "setup", about: "bring Bun, packages and the screen, start nothing", load: () => import("./commands/setup.ts") },

  { name: "chat", group: "Ask it", usage: "chat 'TEXT'", about: "say something, get the answer", load: () => import("./commands/chat.ts") },
  { name: "report", group: "Ask it", usage: "report [day|week] [DATE]", about: "what happened: not known, done, refused, left alone", load: () => import("./commands/report.ts") },
  { name: "call", group: "Ask it", usage: "call TOOL '{json}'", about: "call a tool; without TOOL, list them", load: () => import("./commands/call.ts") },
  { name: "rpc", group: "Ask it", usage: "rpc METHOD '{json}'", about: "any method of the API; without METHOD, list them", load: () => import("./commands/rpc.ts") },
  { name: "console", group: "Ask it", usage: "console NAME", about: "a shell of a guest or node, in this terminal", load: () => import("./commands/console.ts") },
  { name: "mcp", group: "Ask it", usage: "mcp", about: "MCP over stdin and stdout, for clients that start a program", load: () => import("./commands/mcp.ts") },
  { name: "ws", group: "Ask it", usage: "ws sub 'CHANNEL'", about: "follow live channels, one event a line", load: () => import("./commands/ws.ts") },

  { name: "asks", group: "Decide", usage: "asks [approve|reject ID ['WORDS']]", about: "what waits for a person's word", load: () => import("./commands/asks.ts") },
  { name: "autonomy", group: "Decide", usage: "autonomy [observe|propose|act]", about: "how much it may do unasked", load: () => import("./commands/autonomy.ts") },
  { name: "rules", group: "Decide", usage: "rules [add|change|remove|order]", about: "what is refused, asked about or let be", load: () => import("./commands/rules.ts") },
  { name: "kill", group: "Decide", usage: "kill [pause|effects|all]", about: "hold all: works with a hung Jarvis too", load: () => import("./commands/kill.ts") },
  { name: "release", group: "Decide", usage: "release", about: "let it act again", load: () => import("./commands/release.ts") },

  { name: "login", group: "Let in", usage: "login", about: "a fresh one-time code for the browser", load: () => import("./commands/login.ts") },
  { name: "token", group: "Let in", usage: "token new|list|revoke", about: "tokens for scripts", load: () => import("./commands/token.ts") },

  { name: "check", group: "Work on it", usage: "check", about: "format, lint, types, boundaries, dead code", load: () => import("./commands/check.ts") },
  { name: "test", group: "Work on it", usage: "test [--fast|--full] [PATH ...]", about: "every check and test", load: () => import("./commands/test.ts") },
  { name: "shots", group: "Work on it", usage: "shots", about: "take the README's screenshots", load: () => import("./commands/shots.ts") },
];

export const findCommand = (name: string): Row | undefined => COMMANDS.find((row) => row.name === name);
