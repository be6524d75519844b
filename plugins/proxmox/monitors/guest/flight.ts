// Which guests were taken over from a node that is gone: as long as it is gone, what goes wrong with them is its doing. Told by readings alone.

export interface Flights {
  /** The node it was taken from, while that is among those `away`. */
  see(vmid: number, node: string, away: ReadonlySet<string>): string | undefined;
  keepOnly(present: ReadonlySet<number>): void;
}

export const createFlights = (): Flights => {
  const places = new Map<number, { node: string; from: string | undefined }>();
  return {
    see(vmid, node, away) {
      const known = places.get(vmid);
      const last = known === undefined || known.node === node ? known?.from : known.node;
      const from = last !== undefined && last !== node && away.has(last) ? last : undefined;
      places.set(vmid, { node, from });
      return from;
    },
    keepOnly(present) {
      for (const vmid of places.keys()) if (!present.has(vmid)) places.delete(vmid);
    },
  };
};
