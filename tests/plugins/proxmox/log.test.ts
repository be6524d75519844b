// The cluster's log as it is kept and told, and the end of a node's firewall log: bounded, each line once, and what a right hides said to be hidden.
import { expect, test } from "bun:test";
import { firewall } from "../../../plugins/proxmox/monitors/firewall.ts";
import { log } from "../../../plugins/proxmox/monitors/log.ts";
import { Entries } from "../../../plugins/proxmox/shapes/resources.ts";
import { fakeApi } from "./fake-api.ts";

const row = (uid: number, msg: string, pri = 6) => ({ uid, id: `${uid}:pve`, time: 1_784_810_000 + uid, pri, tag: "pvedaemon", pid: 1, node: "pve", user: "root@pam", msg });

test("each line of the cluster's log is told once, newest first, the last 200 of them", async () => {
  let last = 50;
  const api = fakeApi(({ path }) => (path.startsWith("/cluster/log?max=50") ? { body: { data: Array.from({ length: 50 }, (_, n) => row(last - n, `line ${last - n}`)) } } : {}));
  for (; last <= 450; last += 25) {
    api.forward(2 * 60_000);
    await log.read(api.ctx);
  }
  api.forward(2 * 60_000);
  const { lines } = log.state.parse(await log.read(Object.assign(api.ctx, { client: api.client })));
  expect(lines).toHaveLength(200);
  expect(lines[0]?.text).toBe("line 475");
  expect(new Set(lines.map(({ id }) => id)).size).toBe(200);
});

test("what is no line is left out, errors are told as such, and words are bounded", async () => {
  const data = [
    row(3, "x".repeat(2000), 3),
    { uid: 2, msg: "no time" },
    { time: 5 },
    { ...row(4, "a senseless time"), time: 9e15 },
    row(1, "authentication failure; rhost=10.0.0.9 user=root@pam", 4),
  ];
  const api = fakeApi(() => ({ body: { data } }));
  const { lines } = log.state.parse(await log.read(api.ctx));
  expect(lines.map(({ level, text }) => [level, text.length])).toEqual([
    ["error", 300],
    ["warning", 52],
  ]);
});

test("a node's firewall tells what it logs and the end of its log, where it logs at all", async () => {
  const rows = Array.from({ length: 45 }, (_, n) => ({ n: n + 1, t: `0 6 PVEFW-HOST-IN ${n + 1}` }));
  const api = fakeApi(({ path }) => {
    const query = new URLSearchParams(path.split("?")[1] ?? "");
    if (path.startsWith("/nodes/pve/firewall/log")) {
      const start = Number(query.get("start") ?? 0);
      return { raw: JSON.stringify({ data: rows.slice(start, start + Number(query.get("limit"))), total: rows.length }) };
    }
    if (path === "/nodes/pve/firewall/options") return { body: { data: { log_level_in: "info", log_level_out: "nolog" } } };
    if (path.endsWith("/firewall/options")) return { body: { data: { enable: 1 } } };
    return { body: { data: [] } };
  });
  const entries = Entries.parse([{ type: "node", node: "pve", status: "online" }]);
  for (let round = 0; round < 3; round += 1) {
    api.forward(8 * 60_000);
    api.client.memory.answered({ at: api.ctx.now(), entries });
    await firewall.read(api.ctx);
  }
  api.client.memory.answered({ at: api.ctx.now(), entries });
  const { places } = firewall.state.parse(await firewall.read(api.ctx));
  expect(places["node/pve"]).toMatchObject({ enabled: true, logIn: "info", logOut: "nolog" });
  expect(places["node/pve"]?.log).toEqual(rows.slice(-20).map(({ t }) => t));
  expect(places.cluster?.log).toBeUndefined();
});
