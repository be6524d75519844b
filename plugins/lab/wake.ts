// Wake-on-LAN: the network cards of the simulated machines listen on one UDP port for magic packets and power theirs on, with or without a SecureOn password behind. What is no magic packet, or names no card of the house, is passed over in silence, as cards do.
import { createSocket } from "node:dgram";
import { LOOPBACK, portTaken } from "./ports.ts";
import { restorePower } from "./world/machine/power.ts";
import type { World } from "./world/state.ts";

const SYNC = Buffer.alloc(6, 0xff);
const REPEATS = 16;
const CARD_BYTES = 6;
const MAX_PACKET_BYTES = 1_500;
/** From the packet to the power supply. */
const DELAY_MS = 1_000;

/** The card a packet is for, `bc:24:11:...`: six bytes of ones anywhere in it, then the card sixteen times. */
export function cardIn(packet: Buffer): string | undefined {
  if (packet.length > MAX_PACKET_BYTES) return undefined;
  for (let at = packet.indexOf(SYNC); at >= 0; at = packet.indexOf(SYNC, at + 1)) {
    const names = packet.subarray(at + SYNC.length, at + SYNC.length + REPEATS * CARD_BYTES);
    const card = names.subarray(0, CARD_BYTES);
    if (names.length === REPEATS * CARD_BYTES && names.equals(Buffer.concat(Array.from({ length: REPEATS }, () => card)))) return card.toString("hex").match(/../g)?.join(":");
  }
  return undefined;
}

export interface Wake {
  port: number;
  stop(): Promise<void>;
}

function take(world: World, packet: Buffer): void {
  const card = cardIn(packet);
  const node = [...world.nodes.values()].find(({ machine }) => machine.mac === card);
  if (node?.power !== "off") return;
  world.effects.add({ user: "lan", method: "UDP", path: `/wake/${card}`, target: `node/${node.name}` });
  world.clock.after(DELAY_MS, () => restorePower(world, node));
}

/** Listens on loopback; 0 takes a free port. */
export function startWake(world: World, port: number): Promise<Wake> {
  const socket = createSocket("udp4");
  return new Promise((resolve, reject) => {
    socket.once("error", (error: NodeJS.ErrnoException) => reject(error.code === "EADDRINUSE" ? portTaken(port) : error));
    socket.on("message", (packet) => take(world, packet));
    socket.bind(port, LOOPBACK, () => {
      socket.on("error", () => undefined);
      resolve({ port: socket.address().port, stop: () => new Promise((done) => socket.close(() => done())) });
    });
  });
}
