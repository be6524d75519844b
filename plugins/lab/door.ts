// Closes a machine's listeners while the machine is off and opens them again on the same port afterwards, so that callers meet what a dead machine is: nothing that answers.
import type { Socket } from "node:net";
import type { Clock } from "./clock.ts";
import { type Listenable, listen } from "./ports.ts";

const LOOK_MS = 100;

interface Listening extends Listenable {
  on(event: "connection", take: (socket: Socket) => void): unknown;
  close(done?: () => void): unknown;
}

export interface DoorOrder {
  make(): Listening;
  /** 0 takes a free one. */
  port: number;
  isOpen(): boolean;
  /** When it changes, a new server is made and takes the old one's place: another certificate. */
  version?(): string;
}

export interface Doors {
  /** Listens and answers the port; from then on the door follows `isOpen`. */
  open(order: DoorOrder): Promise<number>;
  /** Closes them all for good. */
  stop(): Promise<void>;
}

interface Door extends DoorOrder {
  server: Listening;
  state: "open" | "shut" | "opening";
  sockets: Set<Socket>;
  made: string | undefined;
}

/** A server whose connections can all be ended. */
function build(door: Pick<Door, "make" | "isOpen" | "sockets">): Listening {
  const server = door.make();
  server.on("connection", (socket) => {
    if (!door.isOpen()) return void socket.destroy();
    door.sockets.add(socket);
    socket.on("close", () => door.sockets.delete(socket));
  });
  return server;
}

function shut(door: Door): void {
  door.state = "shut";
  door.server.close();
  for (const socket of door.sockets) socket.destroy();
}

/** A port somebody else took meanwhile is asked for again at the next look. */
function reopen(door: Door): void {
  door.state = "opening";
  listen(door.server, door.port).then(
    () => {
      door.state = "open";
    },
    () => {
      door.state = "shut";
    },
  );
}

function look(door: Door): void {
  const open = door.isOpen();
  const version = door.version?.();
  const stale = version !== door.made;
  if (door.state === "open" && (!open || stale)) shut(door);
  if (door.state !== "shut" || !open) return;
  if (stale) Object.assign(door, { server: build(door), made: version });
  reopen(door);
}

export function createDoors(clock: Clock): Doors {
  const doors: Door[] = [];
  const end = clock.every(LOOK_MS * clock.rate, () => doors.forEach(look));
  return {
    async open(order) {
      const sockets = new Set<Socket>();
      const made = order.version?.();
      const server = build({ make: order.make, isOpen: order.isOpen, sockets });
      const port = await listen(server, order.port);
      doors.push({ ...order, server, port, sockets, made, state: "open" });
      return port;
    },
    async stop() {
      end();
      await Promise.all(
        doors.map(
          ({ server, sockets, state }) =>
            new Promise<void>((done) => {
              if (state === "shut") return done();
              server.close(() => done());
              for (const socket of sockets) socket.destroy();
            }),
        ),
      );
    },
  };
}
