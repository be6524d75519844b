// Small servers for the host's tests: raw sockets that remember every byte they were sent.
import { createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { selfSigned } from "../../support/certificate.ts";

export interface Raw {
  readonly port: number;
  /** What arrived, one entry a chunk. */
  readonly received: string[];
  readonly connections: () => number;
  stop(): void;
}

type Reply = (socket: Socket, request: string, nth: number) => void;

export const answer = (status = "200 OK", body = "ok", headers: readonly string[] = []): string =>
  [`HTTP/1.1 ${status}`, `Content-Length: ${Buffer.byteLength(body)}`, ...headers, "", body].join("\r\n");

const serve = (listen: (handle: (socket: Socket) => void) => ReturnType<typeof createServer>, reply: Reply): Promise<Raw> => {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = listen((socket) => {
    let nth = 0;
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      received.push(String(chunk));
      nth += 1;
      reply(socket, String(chunk), nth);
    });
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const stop = (): void => {
        for (const socket of sockets) socket.destroy();
        server.close();
      };
      resolve({ port: typeof address === "object" && address !== null ? address.port : 0, received, connections: () => connections, stop });
    });
  });
};

const ok: Reply = (socket) => void socket.write(answer());

export const plain = (reply: Reply = ok): Promise<Raw> => serve((handle) => createServer(handle), reply);

export const secure = async (reply: Reply = ok): Promise<Raw & { fingerprint: string; cert: string }> => {
  const { key, cert, fingerprint } = selfSigned();
  const raw = await serve((handle) => createTlsServer({ key, cert }, handle), reply);
  return { ...raw, fingerprint, cert };
};

/** The error a promise rejects with, or undefined. */
export const failure = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    await work;
    return undefined;
  } catch (thrown) {
    return thrown;
  }
};
