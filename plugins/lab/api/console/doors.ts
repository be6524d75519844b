// Consoles that wait to be connected to: each has a port, a ticket good for 40 s and for its user and path only, and 10 s until the first connection.
import { createHmac, randomBytes } from "node:crypto";
import { failure } from "../../front/failure.ts";
import type { Guest, Node, World } from "../../world/state.ts";

const FIRST_PORT = 5_900;
const PORTS = 100;
const TICKET_LIFE_S = 40;
const CLOCK_TOLERANCE_S = 20;
export const CONNECT_PATIENCE_MS = 10_000;

export type Inside = { kind: "node"; node: Node } | { kind: "guest"; guest: Guest } | { kind: "screen"; guest: Guest };

export interface Door {
  port: number;
  user: string;
  /** `/nodes/pve`, `/vms/101`: what the ticket is bound to. */
  path: string;
  inside: Inside;
  ticket: string;
  connected(): void;
  left(): void;
}

interface Desk {
  key: string;
  doors: Map<number, Door>;
}

const desks = new WeakMap<World, Desk>();

function deskOf(world: World): Desk {
  const desk = desks.get(world) ?? { key: randomBytes(16).toString("hex"), doors: new Map<number, Door>() };
  desks.set(world, desk);
  return desk;
}

const hexNow = (world: World): string =>
  Math.floor(world.clock.now() / 1000)
    .toString(16)
    .toUpperCase()
    .padStart(8, "0");

const sign = (key: string, time: string, { user, path, port }: Pick<Door, "user" | "path" | "port">): string =>
  createHmac("sha256", key).update(`${time}:${user}:${path}:${port}`).digest("base64");

export function openDoor(world: World, about: Pick<Door, "user" | "path" | "inside" | "connected" | "left">): Door {
  const { key, doors } = deskOf(world);
  const port = Array.from({ length: PORTS }, (_, index) => FIRST_PORT + index).find((candidate) => !doors.has(candidate));
  if (port === undefined) throw failure(500, "unable to find free port (5900-5999)");
  const time = hexNow(world);
  const door = { ...about, port, ticket: `PVEVNC:${time}::${sign(key, time, { ...about, port })}` };
  doors.set(port, door);
  return door;
}

export const closeDoor = (world: World, door: Door): void => void deskOf(world).doors.delete(door.port);

/** The door behind a port, if the ticket opens it for this user now. */
export function doorFor(world: World, user: string, path: string, port: number, ticket: string): Door {
  const { key, doors } = deskOf(world);
  const [, time = "", signature = ""] = /^PVEVNC:([0-9A-F]{8})::(.+)$/.exec(ticket) ?? [];
  const age = Math.floor(world.clock.now() / 1000) - Number.parseInt(time, 16);
  const fits = signature !== "" && signature === sign(key, time, { user, path, port });
  if (!fits || age > TICKET_LIFE_S || age < -CLOCK_TOLERANCE_S) throw failure(401, "permission denied - invalid PVEVNC ticket", { bare: true });
  const door = doors.get(port);
  if (!door) throw failure(500, `connection to 127.0.0.1:${port} failed: Connection refused`);
  return door;
}
