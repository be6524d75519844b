// How one guest's backups are told, from the monitor's last picture alone: the newest good one, the age, the job or none, and never a lack where something was not seen.
import { expect, test } from "bun:test";
import type { GuestBackups } from "../../../../plugins/proxmox/monitors/backup-state.ts";
import { backupSaid } from "../../../../plugins/proxmox/tools/backup-of-guest.ts";

const nowMs = Date.parse("2026-01-10T12:00:00.000Z");
const guest = (more: Partial<GuestBackups> = {}): GuestBackups => ({ vmid: 101, name: "orchid", cover: "yes", running: true, limitHours: 26, ...more });
const job = { id: "nightly", enabled: true, schedule: "02:30", storage: "shed" };
const seen = { complete: true, jobs: [job], silent: [] as string[] };
const lastAt = "2026-01-10T02:30:00.000Z";
const failure = { upid: "U", node: "n", startedAt: lastAt, endedAt: "2026-01-10T02:40:00.000Z", kind: "storage", words: "the storage was full." };

const CASES: [string, GuestBackups, Partial<typeof seen>, string][] = [
  [
    "a good one",
    guest({ lastAt, lastOn: "shed", verification: "ok" }),
    {},
    "orchid (guest/101): its last good backup is 9 hours old (2026-01-10 02:30 UTC on shed, verified). The job nightly makes the next (02:30), on shed.",
  ],
  ["one that is too old", guest({ lastAt: "2026-01-07T12:00:00.000Z" }), {}, "3 days old (2026-01-07 12:00 UTC); that is too old, 26 hours are allowed."],
  ["a damaged one", guest({ lastAt, verification: "failed" }), {}, "its newest backup, 9 hours old (2026-01-10 02:30 UTC), failed its verification and is no good."],
  ["none, in no job", guest({ cover: "no" }), {}, "orchid (guest/101): it has no backup. It is in no backup job."],
  ["none that could be seen", guest(), { complete: false, silent: ["shed"] }, "whether it has a backup is not known: shed could not be read."],
  ["hidden ones", guest({ hidden: true }), {}, "not all of them may be listed to Jarvis."],
  ["left out on purpose", guest({ cover: "excluded" }), {}, "It is in no backup job, and its owner wants it so."],
  ["several jobs", guest({ lastAt }), { jobs: [job, { ...job, id: "b" }] }, "A backup job makes the next."],
  ["a failed run", guest({ lastAt, failure, busy: true }), {}, "Its last run failed at 2026-01-10 02:40 UTC: the storage was full. A backup of it is running now."],
];
test.each(CASES)("%s is told as that", (_, one, more, words) => expect(backupSaid(one, { ...seen, ...more }, nowMs).text).toContain(words));

test("its state is told to programs", () => {
  const state = (one: GuestBackups, complete = true) => backupSaid(one, { ...seen, complete }, nowMs).data.state;
  expect([state(guest({ lastAt })), state(guest()), state(guest(), false), state(guest({ lastAt, limitHours: 2 })), state(guest({ lastAt, verification: "failed" }))]).toEqual([
    "good",
    "none",
    "unknown",
    "old",
    "damaged",
  ]);
});
