// The control API: the truth, other people's acts, lost replies, and a door that is shut to browsers.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { until } from "../../support/until.ts";
import { ended, type OpenLab, openLab, record, rows } from "./open-lab.ts";

let lab: OpenLab;
beforeAll(async () => {
  lab = await openLab({ speed: 60 });
});
afterAll(() => lab.close());

const effects = async (since = 0) => rows((await lab.control("GET", `/effects?since=${since}`)).body.effects);

test("it answers the instance word of lab.json", async () => {
  const kept = record(await Bun.file(`${lab.dir}/lab.json`).json());
  expect((await lab.control("GET", "/")).body.instance).toBe(kept.instance);
});

test("somebody else acts in a name of the cluster, with that name's rights", async () => {
  const done = (await lab.control("POST", "/as", { user: "olli@pve", method: "POST", path: "/nodes/pve/lxc/117/status/stop", params: {} })).body;
  expect(done.status).toBe(200);
  await ended(lab, done.data);
  expect((await effects()).at(-1)).toMatchObject({ user: "olli@pve", target: "guest/117" });
  expect((await lab.control("POST", "/as", { user: "guest@pve", method: "POST", path: "/nodes/pve/lxc/117/status/start" })).body).toMatchObject({
    status: 403,
    message: "Permission check failed (/vms/117, VM.PowerMgmt)",
  });
  expect((await lab.control("POST", "/as", { user: "nobody@pve", method: "GET", path: "/version" })).status).toBe(400);
});

test("a renamed guest shows its new name with the next round, and its digest changes", async () => {
  const before = record((await lab.call("GET", "/nodes/Home/lxc/105/config")).data);
  const path = "/nodes/Home/lxc/105/config";
  const rename = (digest: unknown) => lab.control("POST", "/as", { user: "olli@pve", method: "PUT", path, params: { hostname: "kino", digest: String(digest) } });
  expect((await rename(before.digest)).body).toMatchObject({ status: 200, data: null });
  expect((await rename(before.digest)).body.message).toBe("detected modified configuration - file changed by other user? Try again.");
  expect((await lab.call("PUT", path, { as: "act", form: { hostname: "x" } })).reason).toBe(
    "Permission check failed (/vms/105, VM.Config.Disk|VM.Config.CPU|VM.Config.Memory|VM.Config.Network|VM.Config.Options)",
  );
  await until(async () => rows((await lab.call("GET", "/cluster/resources?type=vm")).data).some((row) => row.vmid === 105 && row.name === "kino"), { what: "the new name" });
});

test("a reply can be lost after the work was done, or before", async () => {
  const path = "/nodes/pve/lxc/114/status/stop";
  for (const apply of [false, true]) {
    const before = (await effects()).length;
    await lab.control("POST", "/drop-reply", { match: { method: "POST", path }, apply });
    await expect(lab.call("POST", path, { as: "act" })).rejects.toThrow();
    expect((await effects()).length - before).toBe(apply ? 1 : 0);
  }
});

test("every call is on record with its node, path, user and status", async () => {
  await lab.call("GET", "/nodes/pve/qemu/999/config", { node: "agent" });
  expect(rows((await lab.control("GET", "/requests")).body.requests).at(-1)).toMatchObject({
    node: "agent",
    method: "GET",
    path: "/nodes/pve/qemu/999/config",
    user: "jarvis@pve!observe",
    status: 500,
  });
  const last = Number(rows((await lab.control("GET", "/requests")).body.requests).at(-1)?.seq);
  expect((await lab.control("GET", `/requests?since=${last}`)).body.requests).toEqual([]);
});

test("a page in a browser is turned away, by its Origin and by a foreign Host", async () => {
  expect((await fetch(`${lab.about.control}/state`, { headers: { origin: "http://evil.example" } })).status).toBe(403);
  expect((await fetch(`${lab.about.control}/state`, { headers: { host: "evil.example" } })).status).toBe(403);
});

test("what it does not know is 404, what it cannot read 400", async () => {
  expect((await lab.control("GET", "/nothing")).status).toBe(404);
  expect((await lab.control("POST", "/as", { user: 1 })).status).toBe(400);
});

test("jarvis.yaml is the template with every hole filled, pointing at loopback and the folder only", async () => {
  const text = await Bun.file(`${lab.dir}/jarvis.yaml`).text();
  expect(
    text
      .split("\n")
      .filter((line) => !line.startsWith("#"))
      .join("\n"),
  ).not.toContain("${");
  for (const [url] of text.matchAll(/https?:\/\/[^"\s]+/g)) expect(new URL(url).hostname).toBe("127.0.0.1");
  expect(text).toContain(`data: ${JSON.stringify(lab.dir)}`);
});

test("the identity handed to Jarvis is that of guest/100", async () => {
  const identity = record(await Bun.file(`${lab.dir}/identity.json`).json());
  const config = record((await lab.call("GET", "/nodes/agent1/qemu/100/config")).data);
  expect(config.smbios1).toBe(`uuid=${identity.productUuid}`);
  expect(String(config.net0).toLowerCase()).toContain(String(rows([identity])[0]?.macs));
  expect(identity.addresses).toEqual(["192.168.1.65"]);
});
