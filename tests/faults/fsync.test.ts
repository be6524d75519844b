// The journal is on the disk before the first byte leaves: system calls of the running core beside the arrivals at a counting relay, on one clock.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { until } from "../support/until.ts";
import type { Relay } from "./relay.ts";
import { type RelayedHouse, startRelayedHouse } from "./relayed-house.ts";
import { type SystemCall, straceMissing, traceCalls } from "./strace.ts";

/** strace prints microseconds; the relay's own reading of the clock may be off by what a process switch rounds. */
const ROUNDING_MS = 0.002;
const why = straceMissing();
let house: RelayedHouse | undefined;
beforeAll(async () => {
  if (why === undefined) house = await startRelayedHouse({ speed: 10 });
}, 60_000);
afterAll(async () => house?.stop(), 60_000);

const isSync = ({ name, words }: SystemCall): boolean => (name === "fdatasync" || name === "fsync") && words.includes("/journal.db-wal>");

/** The sync that made the record of this state durable: the first that began after the last write of its transaction. */
const durable = (trace: readonly SystemCall[], callId: string, state: string): { syncedMs: number; writtenMs: number } => {
  // strace shows SQLite's cells as they are: call id, a few bytes of numbers, kind, state, data.
  const record = new RegExp(`${callId}.{0,80}?transition${state}\\{`);
  const written = trace.find(({ name, words }) => name === "pwrite64" && words.includes("/journal.db-wal>") && record.test(words));
  const synced = trace.find((call) => isSync(call) && written !== undefined && call.beganMs >= written.endedMs);
  if (!written || !synced) throw new Error(`no durable ${state} of ${callId} among ${trace.length} system calls`);
  return { writtenMs: written.beganMs, syncedMs: synced.endedMs };
};

describe.skipIf(why !== undefined)(`before the first byte of an act${why === undefined ? "" : ` (skipped: ${why})`}`, () => {
  const there = (): RelayedHouse => {
    if (!house) throw new Error("there is no house");
    return house;
  };
  test.each([
    ["Proxmox", "proxmox_guest_start", { vmid: 107 }, "/qemu/107/status/start", () => there().pve],
    ["Docker", "docker_container_restart", { container: "container/mgmt/grafana" }, "/restart", () => there().docker],
  ] as const)(
    "of %s, `intent` and then `sending` are synced to the journal's disk",
    async (_, tool, args, path, relay) => {
      const { rpc, folder } = there();
      const trace = await traceCalls(there().pid(), join(folder, `${tool}.trace`));
      const { callId, state } = await rpc("tools.call", { name: tool, arguments: args, waitSeconds: 100 });
      const post = await until(() => (relay() satisfies Relay).posts.find((one) => one.path.includes(path)), { what: "the act at the relay" });
      const calls = await trace.end();
      expect(state).toBe("succeeded");
      const intent = durable(calls, callId, "intent");
      const sending = durable(calls, callId, "sending");
      expect(intent.syncedMs).toBeLessThan(sending.writtenMs);
      expect(sending.syncedMs).toBeLessThan(post.atMs + ROUNDING_MS);
      // The same once more without the relay's clock: in the core's own trace the act's first byte comes after both.
      const sent = calls.filter(({ words }) => words.includes('"POST ') && words.includes(path));
      expect(sent).toHaveLength(1);
      expect(sent[0]?.beganMs).toBeGreaterThan(sending.syncedMs);
      expect(relay().posts.filter((one) => one.path.includes(path))).toHaveLength(1);
    },
    60_000,
  );
});
