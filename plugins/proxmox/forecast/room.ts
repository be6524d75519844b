// The memory of the nodes that stay, taken up guest by guest. Pure; a node that does not tell its memory takes nobody.
import type { NodeNow } from "./picture.ts";

/** Share of a node's memory that must stay free. */
export const LEAST_FREE = 0.1;

export interface Room {
  readonly node: string;
  readonly totalBytes: number;
  readonly usedBytes: number;
  afterBytes: number;
}

export const roomsOf = (nodes: readonly NodeNow[]): Room[] =>
  nodes.flatMap(({ name, memoryBytes, memoryTotalBytes }) =>
    memoryBytes === undefined || memoryTotalBytes === undefined || memoryTotalBytes <= 0
      ? []
      : [{ node: name, totalBytes: memoryTotalBytes, usedBytes: memoryBytes, afterBytes: memoryBytes }],
  );

export const freeShare = (room: Room, moreBytes = 0): number => (room.totalBytes - room.afterBytes - moreBytes) / room.totalBytes;

export const fits = (room: Room, bytes: number): boolean => freeShare(room, bytes) >= LEAST_FREE;

/** The one with the most memory left. */
export const widest = (rooms: readonly Room[]): Room | undefined => rooms.toSorted((a, b) => freeShare(b) * b.totalBytes - freeShare(a) * a.totalBytes)[0];
