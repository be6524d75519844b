// Closes a machine's listeners while the machine is off and opens them again on the same port afterwards, so that callers meet what a dead machine is: nothing that answers.
import type { Clock } from "./clock.ts";
import { type Listenable, listen } from "./ports.ts";

const LOOK_MS = 100;

/** A socket, or what an SSH server has in its place. */
interface Connection {
  destroy?(): unknown;
  end(): unknown;
  on(event: "close", take: () => void): unknown;
}

interface Listening extends Listenable {
  on(event: "connection", take: (connection: Connection) => void): unknown;
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
  connections: Set<Connection>;
}

const drop = (connection: Connection): void => void (connection.destroy ? connection.destroy() : connection.end());

function shut(door: Door): void {
  door.state = "shut";
  door.server.close();
  for (const connection of door.connections) drop(connection);
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
      const connections = new Set<Connection>();
      server.on("connection", (connection) => {
        if (!isOpen()) return drop(connection);
        connections.add(connection);
        connection.on("close", () => connections.delete(connection));
      });
      const at = await listen(server, port);
      doors.push({ server, port: at, isOpen, state: "open", connections });
      return at;
    },
    async stop() {
      end();
      await Promise.all(
        doors.map(
          ({ server, connections, state }) =>
            new Promise<void>((done) => {
              if (state === "shut") return done();
              server.close(() => done());
              for (const connection of connections) drop(connection);
            }),
        ),
      );
    },
  };
}
