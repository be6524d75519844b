// One HTTP request to the lab's model: read, told apart by wire, answered. Loaded by the first of them; a down wire hangs up without a word.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../clock.ts";
import type { Traffic } from "../front/traffic.ts";
import { createAnthropic, isAnthropic } from "./anthropic/wire.ts";
import type { Call } from "./call.ts";
import { createLlama } from "./llama/wire.ts";
import type { Troubles, Wire } from "./trouble.ts";

const MAX_BODY_BYTES = 16 * 1_048_576;

export interface ModelOrder {
  key: string;
  clock: Pick<Clock, "now">;
  traffic: Traffic;
  troubles: Troubles;
  /** Whether the machine the small model runs on is there. */
  isHostUp(): boolean;
}

const bodyOf = async (request: IncomingMessage): Promise<{ body: unknown; badJson: boolean }> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) return { body: undefined, badJson: true };
    chunks.push(bytes);
  }
  const text = Buffer.concat(chunks).toString("utf8");
  try {
    return { body: text === "" ? undefined : JSON.parse(text), badJson: false };
  } catch {
    return { body: undefined, badJson: true };
  }
};

export function createServe({ key, clock, traffic, troubles, isHostUp }: ModelOrder) {
  const answer = { cloud: createAnthropic({ key, clock }), local: createLlama({ key, clock }) };

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const method = request.method ?? "GET";
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    const wire: Wire = isAnthropic(path, request.headers) ? "cloud" : "local";
    const record = traffic.record({ node: "model", method, path, user: wire });
    const trouble = troubles.of(wire);
    if (trouble.isDown || (wire === "local" && !isHostUp())) return void request.socket.destroy();
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    const call: Call = { method, path, headers: request.headers, ...(await bodyOf(request)), response, gone: gone.signal, trouble, troubles };
    await answer[wire](call);
    record.status = response.statusCode;
  };
}
