// Binds the port. A taken one (exit 1, not 78: the file may be right) says who holds it and how to change it.
import type { Server, WebSocketHandler } from "bun";
import { JarvisError } from "../contract/error.ts";
import { portHolder } from "./port-holder.ts";
import type { SocketData } from "./sockets.ts";

interface Address {
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** Seconds a silent HTTP connection is kept. */
const IDLE_SECONDS = 60;
/** Our own bound answers first, with words; this one only guards it. */
const MOST_BODY_BYTES = 64 * 1024 * 1024;

const taken = (port: number): JarvisError => {
  const holder = portHolder(port);
  const by = holder === undefined ? "by another program" : `by ${holder}`;
  return new JarvisError("unavailable", { message: `Port ${port} is taken ${by}. Choose another with JARVIS_PORT or server.port, or stop the other one.` });
};

/** Refuses with the holder's name when somebody listens there already; takes nothing itself. */
export const demandFree = (port: number): void => {
  if (port !== 0 && portHolder(port) !== undefined) throw taken(port);
};

const failureOf = (thrown: unknown, { host, port }: Address): JarvisError => {
  const code = typeof thrown === "object" && thrown !== null && "code" in thrown ? thrown.code : undefined;
  if (code === "EADDRINUSE") return taken(port);
  if (code === "EACCES")
    return new JarvisError("configuration", { message: `Port ${port} may not be opened by this user. Choose one above 1023 with JARVIS_PORT or server.port.` });
  return new JarvisError("configuration", { message: `Cannot listen on ${host}:${port} (${String(code ?? thrown)}). Is server.host an address of this machine?`, cause: thrown });
};

export const listenOn = (
  address: Address,
  websocket: WebSocketHandler<SocketData>,
  handle: (request: Request, server: Server<SocketData>) => Promise<Response | undefined>,
): Server<SocketData> => {
  try {
    return Bun.serve<SocketData>({
      hostname: address.host,
      port: address.port,
      reusePort: false,
      idleTimeout: IDLE_SECONDS,
      maxRequestBodySize: MOST_BODY_BYTES,
      development: false,
      ...(address.tls === undefined ? {} : { tls: { cert: address.tls.cert, key: address.tls.key } }),
      websocket,
      fetch: handle,
    });
  } catch (thrown) {
    throw failureOf(thrown, address);
  }
};
