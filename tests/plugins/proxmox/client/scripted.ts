// A node's door played byte by byte over TLS: what a real pveproxy, a proxy before it or a stranger would put on the wire. Counts connections and remembers what came.
import { createServer, type Server, type TLSSocket } from "node:tls";
import { createClock } from "../../../../core/lib/clock.ts";
import { fingerprintOf, makeCertificate } from "../../../../plugins/lab/tls.ts";
import { createClient } from "../../../../plugins/proxmox/client/client.ts";
import { Config } from "../../../../plugins/proxmox/config.ts";
import { testContext } from "../../../support/context.ts";
import { ACT, READ } from "../fake-api.ts";

export interface Came {
  readonly connection: number;
  /** How many requests this connection has carried, this one among them. */
  readonly turn: number;
  readonly head: string;
  readonly body: string;
}

/** What is written for a request; anything but text and bytes: the play has seen to it itself. */
type Play = (came: Came, socket: TLSSocket) => unknown;

export const json = (data: unknown, more: readonly string[] = []): string => {
  const body = JSON.stringify({ data });
  return [`HTTP/1.1 200 OK`, "Content-Type: application/json;charset=UTF-8", `Content-Length: ${Buffer.byteLength(body)}`, ...more, "", body].join("\r\n");
};

export const openDoor = async (play: Play) => {
  const certificate = makeCertificate("scripted", new Date());
  const came: Came[] = [];
  const sockets = new Set<TLSSocket>();
  let connections = 0;
  const server: Server = createServer({ cert: certificate.cert, key: certificate.key }, (socket) => {
    const connection = ++connections;
    let [turn, pending] = [0, ""];
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (piece: Buffer) => {
      pending += piece.toString("latin1");
      const end = pending.indexOf("\r\n\r\n");
      if (end < 0) return;
      const [head, length] = [pending.slice(0, end), Number(/content-length: (\d+)/i.exec(pending.slice(0, end))?.[1] ?? 0)];
      if (pending.length < end + 4 + length) return;
      const body = pending.slice(end + 4, end + 4 + length);
      pending = "";
      turn += 1;
      const one = { connection, turn, head, body };
      came.push(one);
      const answer = play(one, socket);
      if (typeof answer === "string" || answer instanceof Uint8Array) socket.write(answer);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `https://127.0.0.1:${port}`,
    fingerprint: fingerprintOf(certificate.cert),
    came,
    connections: () => connections,
    open: () => sockets.size,
    /** Ends every open connection, as a restarted pveproxy does. */
    drop: () => {
      for (const socket of sockets) socket.destroy();
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
};

/** A client with the host's own sockets and grants. */
export const clientOf = (endpoints: readonly { url: string; fingerprint: string }[], config: Record<string, unknown> = {}) => {
  const parsed = Config.parse({ endpoints: endpoints.map((one) => one.url), fingerprints: endpoints.map((one) => one.fingerprint), token: READ, actToken: ACT, ...config });
  const test = testContext({ config: parsed, plugin: "proxmox", clock: createClock() });
  const client = createClient(parsed, undefined);
  return { client, ctx: test.withClient(client), stop: test.stop };
};
