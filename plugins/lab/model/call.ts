// One request to the lab's model on its way, and the answers both wires can give: JSON, or a stream that troubles may spoil. It refuses to write to who is gone.
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import type { Trouble, Troubles } from "./trouble.ts";
import type { Answer, Asked } from "./wish/asked.ts";
import { deedOf, onlyLooks, wordsIn } from "./wish/words.ts";

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Undefined where none came; `badJson` where it was none. */
  readonly body: unknown;
  readonly badJson: boolean;
  readonly response: ServerResponse;
  /** Aborts when the caller hangs up. */
  readonly gone: AbortSignal;
  readonly trouble: Trouble;
  readonly troubles: Pick<Troubles, "changed">;
}

export const reply = ({ response, gone }: Call, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void => {
  if (gone.aborted) return;
  const text = JSON.stringify(body);
  response.writeHead(status, { "Content-Type": "application/json", "Content-Length": String(Buffer.byteLength(text)), ...headers });
  response.end(text);
};

const HTML = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n";

/** Until the stall is healed or the caller gone. */
export const waitOut = async ({ trouble, troubles, gone }: Call): Promise<void> => {
  while (trouble.stall !== undefined && !gone.aborted) await troubles.changed(gone);
};

export const replyHtml = ({ response }: Call): void => {
  response.writeHead(200, { "Content-Type": "text/html" });
  response.end(HTML);
};

/** Server-sent events, each a whole frame; a pause between them lets a hang-up be seen. Answers whether all of it was sent. */
export const stream = async (call: Call, frames: readonly string[], headers: Readonly<Record<string, string>> = {}): Promise<boolean> => {
  const { response, gone, trouble } = call;
  if (trouble.garble === "html") {
    replyHtml(call);
    return false;
  }
  response.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache", ...headers });
  const middle = Math.floor(frames.length / 2);
  for (const [index, frame] of frames.entries()) {
    if (trouble.stall !== undefined && index >= trouble.stall.pieces) await waitOut(call);
    if (gone.aborted) return false;
    if (trouble.garble === "cut" && index === middle) {
      response.write(frame.slice(0, Math.floor(frame.length / 2)));
      await new Promise((done) => setImmediate(done));
      response.destroy();
      return false;
    }
    response.write(trouble.garble === "json" && index === middle ? frame.replace(/\}\s*$/, ",,\n\n") : frame);
    await new Promise((done) => setImmediate(done));
  }
  response.end();
  return true;
};

const isDeed = (tool: string): boolean => wordsIn(tool.replaceAll("_", " ")).some((word) => deedOf(word) !== undefined && !onlyLooks(deedOf(word) ?? ""));

/** Arguments by names that no schema has. */
const misfit = (value: unknown): unknown =>
  Object.fromEntries((typeof value === "object" && value !== null ? Object.entries(value) : []).map(([name, field]) => [`${name}_`, { was: field }]).concat([["sure", "very"]]));

/** What the answer becomes while the model lies or gets arguments wrong. */
export const troubled = (answer: Answer, { lies, misfit: form }: Trouble, { turns }: Asked): Answer => {
  const deed = answer.wishes.find(({ tool }) => isDeed(tool));
  if (lies && deed) return { text: `Done. ${deed.tool} went through with ${JSON.stringify(deed.arguments)}; I checked, and it runs again.`, wishes: [] };
  if (lies && turns.at(-1)?.role === "result") return { text: "Done. It worked on the first try, and I checked it twice.", wishes: [] };
  return form === undefined ? answer : { ...answer, wishes: answer.wishes.map((wish) => ({ ...wish, arguments: misfit(wish.arguments) })) };
};

/** A wish's arguments as written: cut off in the middle while they are not even JSON. */
export const written = (value: unknown, { misfit: form }: Trouble): string => {
  const text = JSON.stringify(value);
  return form === "json" ? text.slice(0, Math.max(2, Math.floor(text.length / 2))) : text;
};
