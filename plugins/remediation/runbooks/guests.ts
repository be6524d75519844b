// Which guests a runbook's steps are made for, when they are made for each guest that stands on something. In the order of their node's start, then of their numbers, and never more than the file says. Pure.
import type { Prescribed } from "jarvis";
import type { Filter } from "./head.ts";
import type { Runbook } from "./runbook.ts";
import { type Slots, slotsOf } from "./slots.ts";

type Guest = Prescribed["standing"][number];

const FITS: Readonly<Record<Filter, (guest: Guest, leftOut: ReadonlyMap<number, number>) => boolean>> = {
  vm: ({ guestKind }) => guestKind === "vm",
  ct: ({ guestKind }) => guestKind === "ct",
  up: ({ status }) => status === "up",
  down: ({ status }) => status === "down",
  unlocked: ({ labels }) => (labels?.lock ?? "") === "",
  "not-ha": ({ labels }) => (labels?.hastate ?? "") === "",
  agent: ({ labels }) => labels?.agent === "answers",
  "left-out": ({ vmid }, leftOut) => vmid !== undefined && leftOut.has(vmid),
};

/** Protected ones, Jarvis's own and templates are none of them: the pipeline would refuse each. */
export const guestsFor = ({ only, most }: Pick<Runbook, "only" | "most">, standing: readonly Guest[], leftOut: ReadonlyMap<number, number>): Slots[] =>
  standing
    .filter((one) => one.kind === "guest" && one.protected !== true && one.self !== true && one.template !== true && !one.stale)
    .filter((one) => only.every((filter) => FITS[filter](one, leftOut)))
    .map((one) => ({ one, vmid: one.vmid ?? 0, place: leftOut.get(one.vmid ?? 0) ?? 0 }))
    .sort((a, b) => a.place - b.place || a.vmid - b.vmid)
    .slice(0, most)
    .map(({ one }) => slotsOf(one.id, one));
