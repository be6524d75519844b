// The words a fault takes: every one it reads is in the table with its bounds, and what is not there or out of bounds is refused by name, with nothing broken.
import { expect, test } from "bun:test";
import { handClock } from "../../../plugins/lab/clock.ts";
import { createFaults } from "../../../plugins/lab/faults/all.ts";
import { proxmoxFaults } from "../../../plugins/lab/faults/catalog.ts";
import { checkWords } from "../../../plugins/lab/faults/takes.ts";
import { makeSecrets } from "../../../plugins/lab/keep.ts";
import { createPbs } from "../../../plugins/lab/pbs/state.ts";
import { createWorld } from "../../../plugins/lab/world/create.ts";
import { home } from "../../../plugins/lab/world/home/home.ts";

const open = () => {
  const clock = handClock(Date.UTC(2026, 10, 22, 12));
  const life = createWorld({ input: home, clock, seed: 7, dialect: "9.1", secrets: makeSecrets() });
  const faults = createFaults(
    proxmoxFaults(life.world, () => Promise.reject(new Error("nobody calls")), createPbs(life.world)),
    clock.now,
  );
  return { faults, close: life.stop };
};
const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "taken";
};

test("every word that a fault reads or names is one it takes", () => {
  const list = open();
  const strange: string[] = [];
  for (const { name, what } of list.faults.list()) {
    const { faults, close } = open();
    const read = new Set([...what.matchAll(/\b([a-z]+)=/g)].map(([, word = ""]) => word));
    const words: Record<string, string> = {};
    faults.break(
      name,
      undefined,
      new Proxy(words, {
        get: (from, key) => {
          if (typeof key === "string") read.add(key);
          return Reflect.get(from, key);
        },
      }),
    );
    close();
    for (const word of read) if (refusal(() => checkWords(name, { [word]: "\n" })).includes(`has no '${word}'`)) strange.push(`${name} ${word}`);
  }
  expect(strange).toEqual([]);
  list.close();
});

test("an unknown word is refused with those there are, one out of bounds with its bounds, and nothing breaks", () => {
  const { faults, close } = open();
  const tell = (name: string, words: Record<string, string>): string => refusal(() => faults.break(name, undefined, words));
  expect(tell("backup-stale", { day: "3" })).toBe("backup-stale has no 'day'; it takes days");
  expect(tell("node-down", { days: "3" })).toBe("node-down has no 'days'; it takes a target alone");
  expect(tell("backup-stale", { days: "-3" })).toBe("days of backup-stale is a number from 0.1 to 5000 (days), not '-3'");
  expect(tell("backup-stale", { days: "" })).toContain("not ''");
  expect(tell("guest-hung", { form: "dead" })).toBe("form of guest-hung is busy or idle, not 'dead'");
  expect(tell("node-timezone", { zone: "Mars/Base" })).toContain("a time zone, such as Europe/Berlin");
  expect(tell("guest-user-migrate", { to: "mars" })).toContain("cannot move to 'mars'; there are ");
  expect(tell("guest-user-stop", { user: "nobody@pve" })).toContain("there is no user or token 'nobody@pve'; there are root@pam");
  expect(tell("disk-failing", { disk: "/dev/sdz" })).toContain("has no disk '/dev/sdz'; it has /dev/");
  expect(tell("token-privilege-missing", { privilege: "Sys.Sylog" })).toContain("nearest: Sys.Syslog");
  expect(tell("guest-crash", { constructor: "x" })).toContain("has no 'constructor'");
  expect(faults.standing()).toEqual([]);
  close();
});
