// The least a core could be: the same upstream calls over the same TLS and socket, parsed, compared and published; no product. Prints "ready" and runs until killed.
// Usage: bun tests/bench/reference-core.ts '{"endpoint", "token", "socket", "calls": [{"path", "everyMs", "unix"?}]}'
import { createPatch } from "rfc6902";
import { z } from "zod";

const Plan = z.object({
  endpoint: z.string(),
  token: z.string(),
  socket: z.string(),
  calls: z.array(z.object({ path: z.string(), everyMs: z.number(), unix: z.boolean().default(false) })),
});
const plan = Plan.parse(JSON.parse(process.argv[2] ?? "{}"));
const last = new Map<string, unknown>();

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: (request, self) => (self.upgrade(request) ? undefined : new Response("reference")),
  websocket: { open: (socket) => void socket.subscribe("all"), message: () => undefined },
});

const read = async ({ path, unix }: (typeof plan.calls)[number]): Promise<void> => {
  const answer = unix
    ? await fetch(`http://docker${path}`, { unix: plan.socket })
    : await fetch(`${plan.endpoint}/api2/json${path}`, { headers: { authorization: `PVEAPIToken=${plan.token}` }, tls: { rejectUnauthorized: false } });
  const value: unknown = await answer.json();
  const operations = last.has(path) ? createPatch(last.get(path), value) : [];
  last.set(path, value);
  if (operations.length > 0) server.publish("all", JSON.stringify({ path, operations }));
};

for (const call of plan.calls) {
  await read(call);
  setInterval(() => void read(call).catch(() => undefined), call.everyMs);
}

const follow = async (): Promise<void> => {
  const answer = await fetch("http://docker/events", { unix: plan.socket });
  for await (const piece of answer.body ?? []) server.publish("all", piece);
};
void follow().catch(() => undefined);
process.stdout.write("ready\n");
