// Every fault of the catalog on a world with a hand-driven clock: it can be had, it leaves evidence, twice is once, and healing leaves the world as it was.
import { expect, test } from "bun:test";
import { handClock } from "../../../plugins/lab/clock.ts";
import { createFaults } from "../../../plugins/lab/faults/all.ts";
import { proxmoxFaults } from "../../../plugins/lab/faults/catalog.ts";
import { makeSecrets } from "../../../plugins/lab/keep.ts";
import { createPbs, type Pbs } from "../../../plugins/lab/pbs/state.ts";
import { createWorld } from "../../../plugins/lab/world/create.ts";
import { home } from "../../../plugins/lab/world/home/home.ts";
import type { World } from "../../../plugins/lab/world/state.ts";

const START_MS = Date.UTC(2026, 10, 22, 12);
/** Dispatch is not there: their way is a call. */
const BY_CALL = new Set(["guest-user-stop"]);
const HEAL_MS = 400_000;

function open() {
  const clock = handClock(START_MS);
  const life = createWorld({ input: home, clock, seed: 7, dialect: "9.1", secrets: makeSecrets() });
  const pbs = createPbs(life.world);
  const faults = createFaults(
    proxmoxFaults(life.world, () => Promise.reject(new Error("nobody calls")), pbs),
    clock.now,
  );
  return { clock, world: life.world, pbs, faults, close: life.stop };
}

/** What faults may turn: everything but time, numbers of processes and what is written down for good. */
function truth(world: World): Record<string, unknown> {
  const guest = ({ startedAt: _, pid: __, lastStop: ___, busy: ____, past: _____, ...rest }: Record<string, unknown>) => rest;
  return {
    nodes: [...world.nodes.values()].map(({ bootedAt: _, past: ___, machine: { services, ...machine }, ...node }) => ({
      ...node,
      machine,
      services: [...services.values()].map(({ since: __, ...service }) => service),
    })),
    guests: [...world.guests.values()].map((one) => guest({ ...one })),
    storages: world.storages.map((storage) => ({ ...storage, offOn: [...storage.offOn], hangsOn: [...storage.hangsOn], fill: [...storage.fill] })),
    jobs: world.backupJobs,
    replication: world.replication,
    tokens: [...world.accounts.tokens.values()],
    grants: world.accounts.grants,
    roles: world.accounts.roles,
    backups: world.backups.length,
    damaged: world.backups.filter((backup) => backup.damaged).map((backup) => backup.volid),
  };
}

/** How much is written down about it, and what the backup server shows. */
const footprint = (world: World, pbs: Pbs): string =>
  JSON.stringify([world.tasks.all().length, pbs.tasks.all().length, pbs.datastores.map(({ gc }) => gc), [...world.nodes.keys()].map((node) => world.journals.read(node).length)]);

const names = open().faults.list();

test("there is a fault for every row of the failures that Proxmox shows, with words and a target", () => {
  expect(names.length).toBeGreaterThan(75);
  for (const { name, what, targets } of names) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(what).toMatch(/^[^\t\n]{20,}$/);
    expect(`${name} ${targets.length > 0 ? "has targets" : "has none"}`).toBe(`${name} has targets`);
  }
  expect(new Set(names.map((one) => one.name)).size).toBe(names.length);
});

for (const { name } of names) {
  if (BY_CALL.has(name)) continue;
  test(`${name}: shows, twice is once, and heals to what was`, async () => {
    const { clock, world, pbs, faults, close } = open();
    const before = JSON.parse(JSON.stringify(truth(world)));
    const seen = footprint(world, pbs);
    const first = faults.break(name, undefined, {});
    const again = faults.break(name, first.target, {});
    expect(again).toEqual(first);
    await clock.advance(30_000);
    const changed = JSON.stringify(truth(world)) !== JSON.stringify(before) || footprint(world, pbs) !== seen;
    expect(`${name} ${changed ? "shows" : "does not show"}`).toBe(`${name} shows`);
    faults.heal(name);
    await clock.advance(HEAL_MS);
    expect(faults.standing()).toEqual([]);
    const after = JSON.parse(JSON.stringify(truth(world)));
    const added = name === "backup-running" || name.startsWith("backup-") ? { backups: after.backups } : {};
    expect(after).toEqual({ ...before, ...added });
    close();
  });
}

/** They take nodes, quorum or running guests away from others: what then fits is another world. */
const SWEEPING = /^(node-down|node-rebooting-planned|power-outage|quorum-lost|guests-not-started|guest-user|backup-|api-garbage)/;

test("many faults stand at once on many targets, and healing all leaves what was, whatever the order", async () => {
  for (const inOrder of [true, false]) {
    const { clock, world, faults, close } = open();
    const before = JSON.parse(JSON.stringify(truth(world)));
    const order = inOrder ? names : [...names].reverse();
    let stood = 0;
    for (const { name } of order.filter((one) => !SWEEPING.test(one.name))) {
      const targets = faults.list().find((one) => one.name === name)?.targets ?? [];
      for (const target of targets.slice(0, 2)) {
        faults.break(name, target, {});
        stood += 1;
      }
    }
    expect(stood).toBeGreaterThan(110);
    await clock.advance(25_000);
    for (const one of inOrder ? faults.standing() : faults.standing().reverse()) faults.heal(one.name, one.target);
    faults.heal();
    await clock.advance(HEAL_MS);
    expect(faults.standing()).toEqual([]);
    expect(JSON.parse(JSON.stringify(truth(world)))).toEqual(before);
    close();
  }
});
