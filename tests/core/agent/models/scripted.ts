// A server on loopback that sends exactly the bytes it is told, in exactly these pieces, and remembers what it was asked. For tests only.

import type { Model, ModelEvent, ModelRequest } from "../../../../core/agent/models/model.ts";
import { createClock } from "../../../../core/lib/clock.ts";

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  /** Pieces of the body; `hang` keeps the line open until the other side goes away, `drop` is the server dying. */
  pieces: readonly (string | Uint8Array | "hang" | "drop")[];
}

export interface Asked {
  path: string;
  headers: Headers;
  text: string;
  body: Record<string, unknown>;
  /** The other side went away before the end. */
  isLeft: boolean;
}

const HANG = "hang";
const DROP = "drop";
const encoder = new TextEncoder();
export const SSE = { "content-type": "text/event-stream" };

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const parsed = (text: string): Record<string, unknown> => {
  const value: unknown = text === "" ? {} : JSON.parse(text);
  return isRecord(value) ? value : {};
};

const bodyOf = ({ pieces }: Answer, asked: Asked, die: () => unknown): ReadableStream<Uint8Array> => {
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      const piece = pieces[at];
      at += 1;
      if (piece === undefined) return controller.close();
      if (piece === HANG) return new Promise(() => undefined);
      if (piece === DROP) {
        die();
        return new Promise(() => undefined);
      }
      controller.enqueue(typeof piece === "string" ? encoder.encode(piece) : piece);
      // Each piece in a packet of its own, as far as anybody can ask for that.
      await new Promise((resolve) => setImmediate(resolve));
    },
    cancel() {
      asked.isLeft = true;
    },
  });
};

export const createScripted = (answers: (asked: Asked, nth: number) => Answer) => {
  const all: Asked[] = [];
  const server: ReturnType<typeof Bun.serve> = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    // A body that breaks off is what is tested, not what failed.
    error: () => new Response(null, { status: 500 }),
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const text = await request.text();
      const asked: Asked = { path: pathname, headers: new Headers(request.headers), text, body: parsed(text), isLeft: false };
      all.push(asked);
      request.signal.addEventListener("abort", () => {
        asked.isLeft = true;
      });
      const answer = answers(asked, all.filter(({ path }) => path === pathname).length);
      return new Response(
        bodyOf(answer, asked, () => server.stop(true)),
        { status: answer.status ?? 200, headers: answer.headers ?? SSE },
      );
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, asked: all, stop: () => server.stop(true) };
};

/** A clock on which a pause is over at once and is remembered. */
export const createHasty = () => {
  const pauses: number[] = [];
  const clock = { ...createClock(), pause: async (ms: number) => void pauses.push(ms) };
  return { clock, pauses };
};

export const request = (more: Partial<ModelRequest> = {}): ModelRequest => ({ system: [], said: [{ role: "person", text: "hello" }], tools: [], mostTokens: 64, ...more });

export const collect = async (model: Model, asked: ModelRequest): Promise<ModelEvent[]> => {
  const events: ModelEvent[] = [];
  for await (const event of model.run(asked)) events.push(event);
  return events;
};

export const textOf = (events: readonly ModelEvent[]): string => events.map((event) => (event.kind === "text" ? event.text : "")).join("");
export const last = (events: readonly ModelEvent[]): ModelEvent | undefined => events.at(-1);
export const failureIn = (events: readonly ModelEvent[]) => events.find((event) => event.kind === "failed");

/** The same bytes in pieces of these lengths, over and over; it may cut a letter in two. */
export const cut = (text: string, lengths: readonly number[]): Uint8Array[] => {
  const bytes = encoder.encode(text);
  const pieces: Uint8Array[] = [];
  for (let at = 0, nth = 0; at < bytes.length; nth += 1) {
    const length = Math.max(1, lengths[nth % lengths.length] ?? 1);
    pieces.push(bytes.slice(at, at + length));
    at += length;
  }
  return pieces;
};

export const LIGHTS = {
  name: "house_lights",
  about: "switches a light",
  input: { type: "object", properties: { room: { type: "string" }, on: { type: "boolean" } }, required: ["room"] },
};
