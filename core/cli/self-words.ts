// How what Jarvis knows of itself looks to people: one fact a line, with how it is known and since when, and what is refused on it. Pure.
import type { SelfFact, SelfRole, SelfStatus } from "../contract/self.ts";
import { table } from "./people.ts";

const ROLES: Readonly<Record<SelfRole, string>> = {
  machine: "this machine",
  container: "container",
  engine: "container host",
  guest: "guest",
  node: "node",
  storage: "storage",
  server: "serves that storage",
  dns: "name server",
  gateway: "gateway",
  proxy: "reverse proxy",
  model: "model host",
};

const GUARDED: Readonly<Record<SelfFact["guarded"], string>> = { always: "never changed", disruptive: "never disturbed", no: "" };

const minuteOf = (at: string): string => at.slice(0, 16).replace("T", " ");

export const describeSelf = ({ words, facts = [], lookedAt }: SelfStatus): string =>
  [
    words,
    table(facts.map(({ role, words: what, guarded, how, at }) => [`  ${ROLES[role]}`, what, GUARDED[guarded], `${how}, since ${minuteOf(at)}`])),
    ...(lookedAt === undefined ? [] : [`Its own signs were last read ${minuteOf(lookedAt)} (UTC); they are every hour.`]),
  ].join("\n");
