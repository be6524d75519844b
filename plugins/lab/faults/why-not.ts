// Why a thing of this world cannot have a fault now, in one line: it is not there, or what sets it apart from all that can. It changes nothing, and says nothing where it knows no reason.
import type { Guest, Node, World } from "../world/state.ts";
import type { TargetKind } from "./fault.ts";

interface Trait<T> {
  has(one: T): boolean;
  /** To be read after "guest/107 (win-lab) ". */
  words(one: T): string;
}

/** The first that holds for it and for none that can have the fault is why. */
const OF_GUESTS: readonly Trait<Guest>[] = [
  { has: ({ template }) => template, words: () => "is a template, which never runs; clone it, and break the clone" },
  { has: ({ kind }) => kind === "lxc", words: () => "is a container, and this happens to VMs alone" },
  { has: ({ kind }) => kind === "qemu", words: () => "is a VM, and this happens to containers alone" },
  { has: ({ lock }) => lock !== undefined, words: ({ lock }) => `is locked (${lock}); heal what holds it, or wait for its end` },
  { has: ({ busy }) => busy !== undefined, words: () => "has a task at work; wait for its end" },
  { has: ({ status }) => status === "stopped", words: () => "is stopped; start it first" },
  { has: ({ status }) => status === "running", words: () => "runs, and this happens to stopped ones alone" },
  { has: ({ ha }) => ha === undefined, words: () => "is not kept by HA" },
  { has: ({ kind, config }) => kind === "qemu" && !config.agent, words: () => "has no guest agent switched on" },
];

const OF_NODES: readonly Trait<Node>[] = [
  { has: ({ power }) => power !== "on", words: () => "is off; heal it first" },
  { has: ({ power }) => power === "on", words: () => "is on, and this happens to nodes that are off alone" },
];

const first = <T>(one: T, able: readonly T[], traits: readonly Trait<T>[]): string | undefined => traits.find(({ has }) => has(one) && !able.some(has))?.words(one);

const guestIn = (world: World, target: string): Guest | undefined => world.guests.get(Number(/^guest\/(\d{1,9})$/i.exec(target)?.[1] ?? Number.NaN));
const nodeIn = (world: World, target: string): Node | undefined => [...world.nodes.values()].find(({ name }) => `node/${name}`.toLowerCase() === target.toLowerCase());

const present = <T>(list: readonly (T | undefined)[]): T[] => list.filter((one) => one !== undefined);

/** `able`: the targets that can have it now. */
export const createWhyNot =
  (world: World) =>
  (kind: TargetKind, target: string, able: readonly string[]): string | undefined => {
    if (kind === "guest") {
      const guest = guestIn(world, target);
      if (guest === undefined) return /^guest\/\d+$/i.test(target) ? `there is no ${target.toLowerCase()}` : undefined;
      const why = first(guest, present(able.map((one) => guestIn(world, one))), OF_GUESTS);
      return why && `guest/${guest.vmid} (${guest.seed.name}) ${why}`;
    }
    if (kind !== "node") return undefined;
    const node = nodeIn(world, target);
    if (node === undefined) return /^node\/\S+$/i.test(target) ? `there is no ${target}` : undefined;
    const why = first(node, present(able.map((one) => nodeIn(world, one))), OF_NODES);
    return why && `node/${node.name} ${why}`;
  };
