// What most faults on guests share: which guests they may hit, and finding one by its target `guest/101`.
import { randomOf } from "../random.ts";
import type { Guest, World } from "../world/state.ts";

const PREFERRED = [101, 105, 106, 102];

const rank = (guest: Guest): number => {
  const place = PREFERRED.indexOf(guest.vmid);
  if (place >= 0) return place;
  return guest.vmid === 100 ? 100_000 : PREFERRED.length + 1;
};

export const targetOf = (guest: Guest): string => `guest/${guest.vmid}`;

/** Guests that fit, the best known first; the management VM last. */
export function eligible(world: World, fits: (guest: Guest) => boolean): string[] {
  return [...world.guests.values()]
    .filter((guest) => !guest.template && fits(guest))
    .sort((a, b) => rank(a) - rank(b) || a.vmid - b.vmid)
    .map(targetOf);
}

export const running = (guest: Guest): boolean => guest.status === "running" && !guest.lock && !guest.busy;

export function guestAt(world: World, target: string): Guest {
  const guest = world.guests.get(Number(target.split("/")[1]));
  if (!guest) throw new Error(`there is no ${target}`);
  return guest;
}

export const chanceOf = (world: World, fault: string, guest: Guest) => randomOf(world.seed, `${fault}/${guest.vmid}/${Math.floor(world.clock.now())}`);

/** The guests a fault holds now, so that healing can set them right. */
export function createHeld(): { add(target: string): void; take(target?: string): string[]; list(): string[] } {
  const held = new Set<string>();
  return {
    add: (target) => void held.add(target),
    take(target) {
      const taken = [...held].filter((one) => target === undefined || one === target);
      for (const one of taken) held.delete(one);
      return taken;
    },
    list: () => [...held],
  };
}
