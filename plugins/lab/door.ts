// Closes a machine's listeners while the machine is off and opens them again on the same port afterwards, so that callers meet what a dead machine is: nothing that answers.
import type { Socket } from "node:net";
import type { Clock } from "./clock.ts";
import { type Listenable, listen } from "./ports.ts";

const LOOK_MS = 100;

interface Listening extends Listenable {
  on(event: "connection", take: (socket: Socket) => void): unknown;
  close(done?: () => void): unknown;
}

export interface Doors {
  /** Listens and answers the port; from then on the door follows `isOpen`. */
  open(server: Listening, port: number, isOpen: () => boolean): Promise<number>;
  /** Closes them all for good. */
  stop(): Promise<void>;
}

interface Door {
  server: Listening;
  port: number;
  isOpen(): boolean;
  state: "open" | "shut" | "opening";
  sockets: Set<Socket>;
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

export function createDoors(clock: Clock): Doors {
  const doors: Door[] = [];
  const end = clock.every(LOOK_MS * clock.rate, () => {
    for (const door of doors) {
      const open = door.isOpen();
      if (!open && door.state === "open") shut(door);
      if (open && door.state === "shut") reopen(door);
    }
  });
  return {
    async open(server, port, isOpen) {
      const sockets = new Set<Socket>();
      server.on("connection", (socket) => {
        if (!isOpen()) return void socket.destroy();
        sockets.add(socket);
        socket.on("close", () => sockets.delete(socket));
      });
      const at = await listen(server, port);
      doors.push({ server, port: at, isOpen, state: "open", sockets });
      return at;
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
