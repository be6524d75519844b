// What goes wrong with language models: they are down, overloaded, silent in mid-sentence, garbled, refuse the key, get arguments wrong, or lie. Each for one wire of the lab's model or both.
import { GARBLES, MISFITS, REFUSALS, type Trouble, type Troubles, WIRES, type Wire } from "../model/trouble.ts";
import type { Fault } from "./fault.ts";

const BOTH = "model/all";
const PIECES_BEFORE_STALL = 4;
const RETRY_SECONDS = 1;

type Args = Readonly<Record<string, string>>;

interface Way {
  name: string;
  what: string;
  apply(trouble: Trouble, args: Args): void;
  end(trouble: Trouble): void;
}

const one = <T extends string | number>(allowed: readonly T[], said: string | undefined): T | undefined => allowed.find((word) => String(word) === said);

const WAYS: readonly Way[] = [
  {
    name: "model-down",
    what: "its server hangs up on every call",
    apply: (trouble) => {
      trouble.isDown = true;
    },
    end: (trouble) => {
      trouble.isDown = false;
    },
  },
  {
    name: "model-overloaded",
    what: `it refuses every request (status=${REFUSALS.join("|")}, seconds=N until it says to try again)`,
    apply: (trouble, { status, seconds }) => {
      trouble.overloaded = { status: one(REFUSALS, status) ?? 529, retrySeconds: Number(seconds ?? RETRY_SECONDS) };
    },
    end: (trouble) => {
      delete trouble.overloaded;
    },
  },
  {
    name: "model-stall",
    what: "its answers stop in the middle and the line stays open (after=N pieces)",
    apply: (trouble, { after }) => {
      trouble.stall = { pieces: Math.floor(Number(after ?? PIECES_BEFORE_STALL)) };
    },
    end: (trouble) => {
      delete trouble.stall;
    },
  },
  {
    name: "model-malformed",
    what: `its answers are cut off, hold broken JSON or are a proxy's page (form=${GARBLES.join("|")})`,
    apply: (trouble, { form }) => {
      trouble.garble = one(GARBLES, form) ?? "cut";
    },
    end: (trouble) => {
      delete trouble.garble;
    },
  },
  {
    name: "model-auth-revoked",
    what: "its key is revoked: every call with it answers 401",
    apply: (trouble) => {
      trouble.isRevoked = true;
    },
    end: (trouble) => {
      trouble.isRevoked = false;
    },
  },
  {
    name: "model-wrong-arguments",
    what: `it calls tools with arguments that fit no schema, or are no JSON (form=${MISFITS.join("|")})`,
    apply: (trouble, { form }) => {
      trouble.misfit = one(MISFITS, form) ?? "shape";
    },
    end: (trouble) => {
      delete trouble.misfit;
    },
  },
  {
    name: "model-lies",
    what: "it claims to have done what it never asked for, and that all went well",
    apply: (trouble) => {
      trouble.lies = true;
    },
    end: (trouble) => {
      trouble.lies = false;
    },
  },
];

const wiresAt = (target: string | undefined): readonly Wire[] => WIRES.filter((wire) => target === undefined || target === BOTH || target === `model/${wire}`);

export const modelFaults = (troubles: Troubles): Fault[] =>
  WAYS.map(({ name, what, apply, end }) => ({
    name,
    targetKind: "model",
    what: `${what}; model/local is the small one, model/cloud the large one`,
    targets: () => [BOTH, ...WIRES.map((wire) => `model/${wire}`)],
    break(target, args) {
      for (const wire of wiresAt(target)) troubles.set(wire, (trouble) => apply(trouble, args));
    },
    heal(target) {
      for (const wire of wiresAt(target)) troubles.set(wire, end);
    },
  }));
