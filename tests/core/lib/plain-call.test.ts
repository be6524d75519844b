// Words about a call as a person reads them: names for ids, verbs for tools, nothing cut in the middle of a command.
import { expect, test } from "bun:test";
import { clause, nameless, plainCall, withoutTools } from "../../../core/lib/plain-call.ts";
import { objectOf, verbsOf } from "../../../core/lib/tool-words.ts";

const names: Record<string, string> = { "guest/101": "nextcloud", "node/home": "Home" };
const plain = (text: string) => plainCall(text, { tool: "farm_guest_start", callerId: "mender/start-guest" }, (id) => names[id]);

test.each([
  ["How farm_guest_start on guest/101 ended is not known; somebody has to look.", "How the start of nextcloud ended is not known; somebody has to look."],
  ["mender/start-guest was not prescribed for INC-12, but mender/wake-node.", "the runbook start-guest was not prescribed for INC-12, but the runbook wake-node."],
  ["INC-12 is about node/home, and nothing else.", "INC-12 is about Home, and nothing else."],
  ["service/runbook/storage-full has to be confirmed.", "the runbook storage-full has to be confirmed."],
  ["node/home (Home) carries Jarvis itself.", "Home carries Jarvis itself."],
  ["nextcloud (guest/101) is locked; see guest/999.", "nextcloud (guest/101) is locked; see guest/999."],
  [
    'Rule 1 (chat 2026-11-23) refuses *_restart, *_stop that is reversible or heavier on guest/101 ("never restart 101").',
    'Rule 1 (chat 2026-11-23) refuses every restart or stop on nextcloud (guest/101) ("never restart 101").',
  ],
  ["farm_guest_start is under way (call-1).", "guest start is under way (call-1)."],
  ["Say `./jarvis call farm` or look into /etc/pve/nodes/x.", "Say `./jarvis call farm` or look into /etc/pve/nodes/x."],
])("%p", (text, told) => expect(plain(text)).toBe(told));

test("a command is whole, or seen to be cut", () => {
  expect(clause("Run systemctl restart pve-cluster.service.", 100)).toBe("Run systemctl restart pve-cluster.service");
  expect(clause("Run systemctl restart pve-cluster.service and wait", 30)).toBe("Run systemctl restart…");
  expect(clause("Take it off with ./jarvis rpc rules.remove\n  '{\"id\": 3}'", 100)).toBe("Take it off with ./jarvis rpc rules.remove '{\"id\": 3}'");
});

test("an act has a verb and an object", () => {
  expect(verbsOf("farm_guest_backup")).toEqual({ plain: "back up", past: "backed up" });
  expect(objectOf("farm_guest_snapshot_create", "guest/101", "nextcloud")).toBe("the snapshot of nextcloud");
  expect(objectOf("farm_runbook_run", "service/runbook/x", "x")).toBe("the runbook x");
  expect(objectOf("farm_storage_trim", null, "")).toBe("the storage");
});

test("a tool's name within other words is told as what it does", () =>
  expect(withoutTools("I did that myself (farm_guest_reboot).", new Set(["farm_guest_reboot"]))).toBe("I did that myself (guest reboot)."));

test("what has no name of its own is told by its id, and a runbook as one", () => {
  expect(["service/runbook/guest-hung-reboot", "guest/999"].map(nameless)).toEqual(["the runbook guest-hung-reboot", "guest/999"]);
});
