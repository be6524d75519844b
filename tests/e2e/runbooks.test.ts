// What is done about each failure, in a living house, from the fault to the word that it is over: class A is fixed, class Q asked and approved, class R told with its plan.
// In the ordinary run one of each class; every row of the matrix with JARVIS_TEST_FULL=1, a quarter of an hour long; JARVIS_ROWS=6-11 plays so many of them beside, so that it can be run in parts.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { answerTo, matrix } from "../plugins/remediation/failure-table.ts";
import { full } from "../support/seed.ts";
import type { Row } from "./failures/row.ts";
import { PATIENCE_MS, play, type RunbookHouse, startRunbookHouse } from "./runbook-house.ts";

/** What needs no more readings than this is seen soon. */
const FEW_READINGS = 6;
/** A house may act so often within an hour: a fresh one after so many rows. */
const ROWS_OF_A_HOUSE = 6;

/** It has a story of its own, since only root takes a lock off. */
const LOCK = "guest-lock-stale";

/** Tells of a boot three minutes ago: who was started since has come up with it, so it is played before anything is. */
const BOOT = "guests-not-started";

/** One for each plan on one resource: how each is told apart is the matrix of failures' matter. */
const plans = new Map(
  matrix.filter(({ dialect, fault }) => dialect !== "8.4" && fault !== LOCK).map((row) => [`${row.fault} ${row.target} ${answerTo(row.alert)?.id}`, row] as const),
);
const quick = ({ readings = 2 }: Row): boolean => readings <= FEW_READINGS;
/** What is seen soon comes first, and of that what is done before what is asked about or only told: a run that is broken off has shown the most. */
const weightOf = (row: Row): string => (row.fault === BOOT ? "" : `${quick(row) ? 0 : 1}${answerTo(row.alert)?.class ?? "R"}`);
const byWeight = [...plans.values()].sort((a, b) => weightOf(a).localeCompare(weightOf(b)));
/** "6-11": these of them; none: all when full. */
const [first, last] = process.env.JARVIS_ROWS?.split("-").map(Number) ?? [];
const rows = byWeight.map((row, index) => ({ row, index })).filter(({ index }) => first === undefined || (index >= first && index <= (last ?? first)));

let here: RunbookHouse;
/** Which of the houses for six rows it is; none: the first, signed in as root. */
let houseNumber: number | undefined;
const table: string[] = [];
beforeAll(async () => {
  here = await startRunbookHouse("root");
}, 120_000);
afterAll(async () => {
  console.log(table.join("\n"));
  await here?.house.stop();
});

const acts = async (target: string, incident: string) => (await here.sentOf(incident)).filter((call) => call.target === target);

test(
  "class A: a status daemon that died is restarted by the runbook, bound to its incident, and fixed",
  async () => {
    const { house, incidentOf, eyes } = here;
    await house.lab.break("pvestatd-dead", "node/agent");
    const { id, words } = await incidentOf({ key: "service-down-pvestatd", resource: "node/agent" }, ["proxmox/services"], ({ status }) => status === "resolved");
    expect(words).toContain("I checked twice");
    const sent = await acts("node/agent", id);
    expect(sent.map(({ state }) => state)).toEqual(["succeeded"]);
    expect(sent[0]).toMatchObject({
      tool: "proxmox_node_service_restart",
      state: "succeeded",
      decision: "allow",
      caller: { kind: "runbook", id: "remediation/service-pvestatd" },
      arguments: { node: "agent", service: "pvestatd" },
    });
    const told = (await eyes.feed("node/agent")).filter(({ incident, kind }) => incident === id && kind !== "notice");
    expect(told.map(({ kind }) => kind)).toEqual(["fixed", "acting", "found"]);
    expect(told[1]?.words).toBe("I restart pvestatd on agent: the numbers of agent stand still.");
    await house.lab.heal();
  },
  2 * PATIENCE_MS,
);

test(
  "class R: lost redundancy of a pool is reported with its plan, said once, and nothing is offered to run",
  async () => {
    const { house, incidentOf, actsOf, eyes } = here;
    await house.lab.break("zfs-degraded", "node/pve");
    const about = { key: "zfs-degraded", resource: "storage/pve/tank" };
    const { id, words } = await incidentOf(about, ["proxmox/arrays"], (one) => one.status === "escalated" && one.words?.includes("serial") === true);
    expect(words).toContain("Find the disk by the serial");
    expect(await actsOf(id)).toEqual([]);
    const said = (await eyes.feed("storage/pve/tank")).filter(({ incident, kind }) => incident === id && kind === "notice");
    expect(said.map((entry) => entry.words)).toEqual([expect.stringContaining("which disk, and what to do in which order")]);
    await house.lab.heal();
    await incidentOf(about, ["proxmox/arrays"], ({ status }) => status === "resolved");
  },
  2 * PATIENCE_MS,
);

test(
  "class Q: a stale lock is asked about, with the proof looked up first, and taken off once a person says so",
  async () => {
    const { house, incidentOf, eyes } = here;
    await house.lab.break(LOCK, "guest/101");
    const [about, channels] = [{ key: LOCK, resource: "guest/101" }, ["proxmox/tasks", "proxmox/guests"]];
    const { id } = await incidentOf(about, channels, ({ callIds }) => callIds.length > 0);
    const ask = await eyes.within("the ask", async () => (await house.rpc("asks.list")).asks.find(({ incident }) => incident === id));
    expect(ask).toMatchObject({ tool: "proxmox_guest_unlock", effect: "destructive", target: "guest/101", caller: { kind: "runbook", id: "remediation/guest-lock-stale" } });
    await expect(house.rpc("asks.decide", { id: ask.id, decision: "approve", hash: ask.hash })).rejects.toThrow("bad_input");
    await house.rpc("asks.decide", { id: ask.id, decision: "approve", hash: ask.hash, confirm: "guest/101" });
    const ended = await incidentOf(about, channels, ({ status }) => status === "resolved");
    expect(ended.words).toContain("I checked twice");
    expect((await acts("guest/101", id)).map(({ state }) => state)).toEqual(["succeeded"]);
    const incident = await house.rpc("incidents.get", { id });
    expect(incident.timeline.map(({ words }) => words).join("\n")).toContain("proxmox_guest_explain tells:");
    await house.lab.heal();
  },
  2 * PATIENCE_MS,
);

const complete = full || first !== undefined ? describe : undefined;
complete?.("each failure has the plan of its class, to its end", () => {
  test.each(rows.map(({ row, index }) => ({ row, index, name: `row ${row.row}: ${row.what} (${row.fault}) is answered by ${answerTo(row.alert)?.id}` })))(
    "$name",
    async ({ row, index }) => {
      const wanted = Math.floor(index / ROWS_OF_A_HOUSE);
      if (houseNumber !== wanted) {
        await here.house.stop();
        here = await startRunbookHouse("tokens", 44 + wanted * ROWS_OF_A_HOUSE);
        houseNumber = wanted;
      }
      const from = performance.now();
      const line = `row ${row.row} ${row.fault} ${row.target}: `;
      table.push(`${line}not as it should be`);
      const came = await play(here, row);
      table[table.length - 1] = `${line}${came} (${Math.round((performance.now() - from) / 1000)} s)`;
    },
    3 * PATIENCE_MS,
  );
});
