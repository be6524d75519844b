// All open WebSockets: counted, bounded, closed together or when their credential goes.
import type { WebSocketHandler } from "bun";
import { CLOSE } from "../contract/wire.ts";
import type { Clock } from "../lib/clock.ts";
import { type Connection, type ConnectionDeps, createConnection } from "./connection.ts";
import { FRAME_BYTES } from "./inbox.ts";
import type { Upgraded } from "./socket-auth.ts";

/** Past this an upgrade is answered 503. */
export const MOST_SOCKETS = 1200;
const SWEEP_MS = 60_000;

export interface SocketData {
  readonly upgraded: Upgraded;
  connection?: Connection;
}

export const createSockets = (deps: ConnectionDeps & { clock: Clock }) => {
  const open = new Set<Connection>();

  const recheck = (): void => {
    for (const connection of open) connection.recheck();
  };
  let cancelSweep = (): void => undefined;
  const sweep = (): void => {
    cancelSweep = deps.clock.after(
      SWEEP_MS * deps.clock.rate,
      () => {
        recheck();
        sweep();
      },
      true,
    );
  };
  sweep();

  const handler: WebSocketHandler<SocketData> = {
    // One frame over our own bound still reaches us, so that it can be answered 4400 with its reason; more is cut off below us.
    maxPayloadLength: 16 * FRAME_BYTES,
    // Never reached: after a send that filled the socket we wait for drain.
    backpressureLimit: 64 * FRAME_BYTES,
    // Proxies cut at 60 s; Bun pings before this.
    idleTimeout: 40,
    sendPings: true,
    perMessageDeflate: false,
    open: (socket) => {
      const wire = {
        send: (text: string) => socket.sendText(text),
        close: (code: number, reason: string) => socket.close(code, reason),
        terminate: () => socket.terminate(),
      };
      const connection = createConnection(wire, socket.data.upgraded, deps);
      socket.data.connection = connection;
      open.add(connection);
      connection.opened();
    },
    message: (socket, data) => socket.data.connection?.message(data),
    drain: (socket) => socket.data.connection?.drained(),
    close: (socket) => {
      const { connection } = socket.data;
      if (connection === undefined) return;
      open.delete(connection);
      connection.ended();
    },
  };

  return {
    handler,
    recheck,
    count: (): number => open.size,
    closeAll: (): void => {
      cancelSweep();
      for (const connection of open) connection.close(CLOSE.restarting, "Jarvis is restarting; come back in a moment.");
    },
  };
};

export type Sockets = ReturnType<typeof createSockets>;
