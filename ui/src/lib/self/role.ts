// What Jarvis is and stands on, in people's words, from the outermost in: how the list is ordered, indented and marked. Pure.
import type { SelfFact, SelfRole } from "$contract/self.ts";

export const ROLE: Readonly<Record<SelfRole, string>> = {
  machine: "This machine",
  container: "Container",
  engine: "Container host",
  guest: "Guest",
  node: "Node",
  storage: "Storage",
  server: "Storage server",
  dns: "Name server",
  gateway: "Gateway",
  proxy: "Reverse proxy",
  model: "Model host",
};

export const GUARD: Readonly<Record<SelfFact["guarded"], string | undefined>> = { always: "never changed", disruptive: "never disturbed", no: undefined };

/** The node carries the guest, and so on down to the machine Jarvis itself reads. */
const CHAIN: readonly SelfRole[] = ["node", "guest", "engine", "container", "machine"];

export const carrying = (facts: readonly SelfFact[]): SelfFact[] => facts.filter(({ role }) => CHAIN.includes(role)).sort((a, b) => CHAIN.indexOf(a.role) - CHAIN.indexOf(b.role));

export const needed = (facts: readonly SelfFact[]): SelfFact[] => facts.filter(({ role }) => !CHAIN.includes(role));
