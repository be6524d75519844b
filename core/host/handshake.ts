// Asks a checked connection to become a WebSocket (RFC 6455, 4.1): the request's head out, the answer's head in. Refuses a head that does not end and an answer that proves nothing.
import { createHash, randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { JarvisError } from "../contract/error.ts";
import type { RequestHead } from "./route.ts";

const MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const MOST_HEAD_BYTES = 16 * 1024;
const MOST_SAID = 300;
const HEAD_END = "\r\n\r\n";

export interface Greeted {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Record<string, string>;
  /** What came right behind the head. */
  readonly rest: Buffer;
}

/** Up to the end of the head; rejects when the connection ends before. */
const readHead = (socket: Socket, where: string): Promise<{ head: string; rest: Buffer }> =>
  new Promise((resolve, reject) => {
    let bytes: Buffer = Buffer.alloc(0);
    const done = (act: () => void): void => {
      socket.off("data", take);
      socket.off("close", gone);
      act();
    };
    const gone = (): void => done(() => reject(Object.assign(new Error("closed while opening a WebSocket"), { code: "ECONNRESET" })));
    const take = (piece: Buffer): void => {
      bytes = Buffer.concat([bytes, piece]);
      const end = bytes.indexOf(HEAD_END);
      if (end >= 0) {
        socket.pause();
        done(() => resolve({ head: bytes.subarray(0, end).toString("latin1"), rest: bytes.subarray(end + HEAD_END.length) }));
      } else if (bytes.length > MOST_HEAD_BYTES) done(() => reject(new JarvisError("upstream_garbage", { message: `${where} answered with a head that does not end.` })));
    };
    socket.on("data", take);
    socket.once("close", gone);
    socket.resume();
  });

const parsed = (head: string, where: string): Omit<Greeted, "rest"> => {
  const [first = "", ...lines] = head.split("\r\n");
  const [, status, said = ""] = /^HTTP\/1\.[01] (\d{3})(?: (.*))?$/.exec(first) ?? [];
  if (status === undefined) throw new JarvisError("upstream_garbage", { message: `${where} answered something that is not HTTP.` });
  const headers = Object.fromEntries(
    lines.flatMap((line) => {
      const colon = line.indexOf(":");
      return colon < 1 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const];
    }),
  );
  return { status: Number(status), statusText: said.slice(0, MOST_SAID), headers };
};

/** `protocol`: must be agreed on when it is asked for. Any status but 101 is an answer too. */
export const shakeHands = async (socket: Socket, plan: RequestHead, protocol: string | undefined): Promise<Greeted> => {
  const key = randomBytes(16).toString("base64");
  const own = { upgrade: "websocket", connection: "Upgrade", "sec-websocket-version": "13", "sec-websocket-key": key };
  const headers = { ...plan.headers, ...own, ...(protocol === undefined ? {} : { "sec-websocket-protocol": protocol }) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.write([`GET ${plan.path} HTTP/1.1`, ...lines, "", ""].join("\r\n"));
  const { head, rest } = await readHead(socket, plan.where);
  const answer = parsed(head, plan.where);
  if (answer.status !== 101) return { ...answer, rest };
  const accept = createHash("sha1").update(`${key}${MAGIC}`).digest("base64");
  if (answer.headers["sec-websocket-accept"] !== accept || (protocol !== undefined && answer.headers["sec-websocket-protocol"] !== protocol))
    throw new JarvisError("upstream_garbage", { message: `${plan.where} agreed to a WebSocket that was not asked for.` });
  return { ...answer, rest };
};
