// A byte relay between the core and the lab that stamps the first byte of every POST and PUT and can lose, delay or keep the reply of one. For tests only.
import { createServer, connect as plainConnect, type Server, type Socket } from "node:net";
import { connect as tlsConnect } from "node:tls";

/** lose: the request never arrives. late: it arrives when released. answer: it arrives and is done, the reply is not passed on. */
export type Fate = "lose" | "late" | "answer";

interface Post {
  readonly path: string;
  /** Epoch ms with a fraction, of this process. */
  readonly atMs: number;
}

interface Trap {
  readonly match: (path: string) => boolean;
  readonly fate: Fate;
  readonly caught: () => void;
  readonly released: Promise<void>;
}

const WRITE = /^(?:POST|PUT) (\S+) HTTP/;

const serve = (client: Socket, upstream: Socket, posts: Post[], takeTrap: (path: string) => Trap | undefined): void => {
  let caught: Trap | undefined;
  client.on("data", (chunk: Buffer) => {
    const atMs = performance.timeOrigin + performance.now();
    const path = WRITE.exec(chunk.subarray(0, 2000).toString("latin1"))?.[1];
    if (path !== undefined) {
      posts.push({ path, atMs });
      caught = takeTrap(path);
      caught?.caught();
    }
    if (caught?.fate === "lose") return;
    if (caught?.fate === "late") return void caught.released.then(() => upstream.write(chunk));
    upstream.write(chunk);
  });
  upstream.on("data", (chunk: Buffer) => {
    if (caught === undefined && !client.destroyed) client.write(chunk);
  });
  // A caught request outlives its sender, as one in a socket's buffer does.
  client.on("close", () => (caught === undefined ? upstream.destroy() : undefined));
  upstream.on("close", () => client.destroy());
  for (const socket of [client, upstream]) socket.on("error", () => socket.destroy());
};

const listening = (server: Server, at: { port: number; host: string } | { path: string }): Promise<void> => new Promise((resolve) => server.listen(at, resolve));

const createRelay = (connect: () => Socket) => {
  const posts: Post[] = [];
  const traps: Trap[] = [];
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect();
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("close", () => open.delete(socket));
    }
    serve(client, upstream, posts, (path) => {
      const index = traps.findIndex((trap) => trap.match(path));
      return index < 0 ? undefined : traps.splice(index, 1)[0];
    });
  });
  return {
    server,
    posts,
    /** The next POST or PUT that matches meets this fate; `caught` resolves when its first byte is here. */
    trap(match: (path: string) => boolean, fate: Fate): { caught: Promise<void>; release: () => void } {
      const caught = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      traps.push({ match, fate, caught: caught.resolve, released: released.promise });
      return { caught: caught.promise, release: released.resolve };
    },
    async stop(): Promise<void> {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

export type Relay = ReturnType<typeof createRelay>;

/** Plain http on loopback to a node of the lab behind TLS. */
export const relayToNode = async (url: string): Promise<Relay & { url: string }> => {
  const { hostname, port } = new URL(url);
  const relay = createRelay(() => tlsConnect({ host: hostname, port: Number(port), rejectUnauthorized: false }));
  await listening(relay.server, { port: 0, host: "127.0.0.1" });
  const at = relay.server.address();
  return { ...relay, url: `http://127.0.0.1:${typeof at === "object" && at !== null ? at.port : 0}` };
};

export const relayToSocket = async (socket: string, path: string): Promise<Relay> => {
  const relay = createRelay(() => plainConnect(socket));
  await listening(relay.server, { path });
  return relay;
};
