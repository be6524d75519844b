// A model that says what a test wrote down, one step after another, and keeps what it was asked. For tests only.
import type { Model, ModelEvent, ModelRequest, ToolWish } from "../../../../core/agent/models/model.ts";

/** One step: events, or what makes them of the request. A throw is thrown out of the stream. */
export type Script = readonly ModelEvent[] | ((request: ModelRequest, step: number) => readonly ModelEvent[] | AsyncIterable<ModelEvent>);

let wished = 0;
export const wish = (tool: string, input: unknown): ModelEvent => {
  wished += 1;
  const made: ToolWish = { id: `call-${wished}`, tool, arguments: input, raw: JSON.stringify(input) ?? "" };
  return { kind: "wish", wish: made };
};
export const text = (words: string): ModelEvent => ({ kind: "text", text: words });
export const usage = (input: number, output: number): ModelEvent => ({ kind: "usage", input, output, cached: 0, costUsd: 0 });
export const done: ModelEvent = { kind: "end", why: "done" };
export const wishes: ModelEvent = { kind: "end", why: "wishes" };
export const failed = (fault: Extract<ModelEvent, { kind: "failed" }>["fault"], words: string = fault): ModelEvent => ({ kind: "failed", fault, words, isRetryable: false });
/** Says it and is done. */
export const says = (words: string): readonly ModelEvent[] => [text(words), usage(100, 10), done];
export const calls = (...made: readonly [tool: string, input: unknown][]): readonly ModelEvent[] => [...made.map(([tool, input]) => wish(tool, input)), usage(100, 10), wishes];

/** After the last step it says "That is all." */
export const scripted = (
  steps: readonly Script[],
  more: Partial<Pick<Model, "route" | "name" | "contextTokens" | "count">> = {},
): Model & { asked: ModelRequest[]; closed: () => number } => {
  const asked: ModelRequest[] = [];
  let closed = 0;
  return {
    route: "cloud",
    name: "scripted",
    contextTokens: 4096,
    count: async (words) => Math.ceil(Buffer.byteLength(words) / 4),
    ...more,
    async *run(request) {
      asked.push(request);
      const script = steps[asked.length - 1] ?? says("That is all.");
      try {
        yield* typeof script === "function" ? script(request, asked.length) : script;
      } finally {
        closed += 1;
      }
    },
    health: () => ({ state: "ok", words: "", since: "" }),
    asked,
    closed: () => closed,
  };
};

/** All a model was shown, as one text. */
export const seenBy = ({ asked }: { asked: readonly ModelRequest[] }): string => asked.map((request) => JSON.stringify([request.system, request.said, request.tools])).join("\n");
