// Frames of one socket before they are requests: refuses binary, oversized and non-JSON ones by closing, floods and non-requests by an error; a wish to stop comes through every flood.
import { JarvisError } from "../contract/error.ts";
import { CLOSE, type RpcRequest } from "../contract/wire.ts";
import type { Clock } from "../lib/clock.ts";
import { authBeside } from "./auth-words.ts";
import { createBuckets } from "./bucket.ts";
import { errorFrame, idOf } from "./frames.ts";
import { parseJson } from "./json.ts";
import { asRequest } from "./rpc.ts";
import { asksToStop, perhapsStop } from "./stopping.ts";

export const FRAME_BYTES = 1024 * 1024;
const SOCKET_RATE = { perSecond: 200, burst: 1000 };
/** Refusals for rate before the socket is closed. */
const FLOOD = 200;

interface Options {
  clock: Clock;
  send(frame: string): void;
  close(code: number, reason: string): void;
  handle(request: RpcRequest): void;
}

/** Longer frames of a flood are not parsed for their id. */
const MOST_PARSED_CHARS = 64 * 1024;

/** A request's id where the frame shows it plainly; a large frame of a flood is not worth parsing. */
const idShown = (text: string): string | number | null => {
  const [, digits, word] = /"id"\s*:\s*(?:(\d{1,15})|"([\w-]{1,100})")/.exec(text.slice(0, 500)) ?? [];
  return digits === undefined ? (word ?? null) : Number(digits);
};

/** The id a refused frame is answered with; undefined for a notification, which is never answered. */
const idToAnswer = (text: string): string | number | null | undefined => {
  if (text.length > MOST_PARSED_CHARS) return idShown(text);
  try {
    return asRequest(parseJson(text)).id;
  } catch {
    return idShown(text);
  }
};

const badFrame = (data: string | Uint8Array): string | undefined => {
  if (typeof data !== "string") return "Binary frames are not taken.";
  return data.length > FRAME_BYTES || Buffer.byteLength(data) > FRAME_BYTES ? `A frame may have ${FRAME_BYTES} bytes.` : undefined;
};

export const createInbox = ({ clock, send, close, handle }: Options) => {
  const rate = createBuckets({ clock, rate: SOCKET_RATE });
  let flooded = 0;

  const refuse = (text: string, seconds: number): void => {
    flooded += 1;
    if (flooded > FLOOD) close(CLOSE.rate, `More than ${SOCKET_RATE.perSecond} messages a second.`);
    const id = flooded > FLOOD ? undefined : idToAnswer(text);
    if (id !== undefined) send(errorFrame(id, new JarvisError("rate", { data: { retryAfterSeconds: seconds } })));
  };

  /** Over the rate. */
  const late = async (text: string, seconds: number): Promise<void> => {
    const request = perhapsStop(text);
    if (request !== undefined && (await asksToStop(request))) handle(request);
    else refuse(text, seconds);
  };

  /** Undefined when it was answered or the socket closed. */
  const read = (text: string): RpcRequest | undefined => {
    let value: unknown;
    try {
      value = parseJson(text);
      const beside = authBeside(value);
      if (beside !== undefined) throw new JarvisError("invalid_request", { message: beside });
      return asRequest(value);
    } catch (thrown) {
      if (thrown instanceof JarvisError && thrown.type === "parse") close(CLOSE.badFrame, "That frame is not JSON.");
      else send(errorFrame(idOf(value), thrown));
      return undefined;
    }
  };

  return (data: string | Uint8Array): void => {
    const bad = badFrame(data);
    if (bad !== undefined) close(CLOSE.badFrame, bad);
    if (bad !== undefined || typeof data !== "string") return;
    const seconds = rate.take("");
    if (seconds > 0) return void late(data, seconds);
    const request = read(data);
    if (request !== undefined) handle(request);
  };
};
