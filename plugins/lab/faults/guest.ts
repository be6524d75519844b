// What most faults on guests share: which guests they may hit, and finding one by its target `guest/101`.
import { randomOf } from "../random.ts";
import { bringUp } from "../world/power.ts";
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

/** The targets a fault holds until it is healed. */
export function createHeld(): { add(target: string): void; take(target?: string): string[] } {
  const held = new Set<string>();
  return {
    add: (target) => void held.add(target),
    take(target) {
      const taken = [...held].filter((one) => target === undefined || one === target);
      for (const one of taken) held.delete(one);
      return taken;
    },
  };
}

export interface Downed {
  /** Call it before the guest goes down. */
  add(target: string): void;
  /** Until somebody starts the guest again. */
  stands(target: string): boolean;
  heal(target?: string): void;
}

/** What faults that take a guest down share: they are over once it was started again, by healing or by anybody. */
export function createDowned(world: World, start: (guest: Guest) => void = (guest) => bringUp(world, guest)): Downed {
  const startedAt = new Map<string, number>();
  const stands = (target: string): boolean => {
    const guest = guestAt(world, target);
    return startedAt.has(target) && (guest.status === "stopped" || guest.startedAt === startedAt.get(target));
  };
  return {
    add: (target) => void startedAt.set(target, guestAt(world, target).startedAt),
    stands,
    heal(target) {
      for (const one of [...startedAt.keys()].filter((known) => target === undefined || known === target)) {
        const guest = guestAt(world, one);
        if (stands(one) && guest.status === "stopped" && !guest.busy) start(guest);
        startedAt.delete(one);
      }
    },
  };
}
