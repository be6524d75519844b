// A plain WebSocket client for tests: requests by id, notifications kept, the close remembered.
import { z } from "zod";
import { until } from "../../../support/until.ts";

const Answer = z.object({
  id: z.union([z.number(), z.string()]).nullable().optional(),
  method: z.string().optional(),
  params: z.looseObject({}).optional(),
  result: z.looseObject({}).optional(),
  error: z.looseObject({ code: z.number(), message: z.string(), data: z.looseObject({ type: z.string() }) }).optional(),
});
export type Answer = z.infer<typeof Answer>;

export const connect = (host: string, options?: Parameters<typeof connectAt>[1]) => connectAt(`ws://${host}/api/v1/ws`, options);

export const connectAt = async (url: string, { token, headers = {} }: { token?: string; headers?: Record<string, string> } = {}) => {
  const socket = new WebSocket(url, { headers });
  const messages: Answer[] = [];
  const listeners = new Set<(message: Answer) => void>();
  let closed: { code: number; reason: string } | undefined;
  let ids = 0;
  socket.onmessage = ({ data }) => {
    const message = Answer.parse(JSON.parse(String(data)));
    messages.push(message);
    for (const listener of listeners) listener(message);
  };
  socket.onclose = ({ code, reason }) => {
    closed = { code, reason };
  };
  const raw = (data: string | Uint8Array): void => socket.send(data);
  const request = async (method: string, params: unknown = {}): Promise<Answer> => {
    ids += 1;
    const id = ids;
    raw(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    return until(() => messages.find((message) => message.id === id), { what: `an answer to ${method}` });
  };
  const ended = (): Promise<{ code: number; reason: string }> => until(() => closed, { what: "the close" });
  await until(() => messages.length > 0 || closed !== undefined, { what: "hello" });
  if (token !== undefined) {
    const answer = await request("auth", { token });
    if (answer.error !== undefined) throw new Error(`auth: ${answer.error.message}`);
  }
  return {
    socket,
    messages,
    raw,
    request,
    ended,
    listen: (listener: (message: Answer) => void): void => void listeners.add(listener),
    notes: (method: string) => messages.filter((message) => message.method === method),
    closed: () => closed,
    close: (): void => socket.close(),
  };
};
export type Client = Awaited<ReturnType<typeof connectAt>>;
