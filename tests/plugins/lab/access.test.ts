// Logging in and being let through, as Proxmox VE does it: tickets, CSRF, tokens, rights, and refusals that come late and without a body.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type OpenLab, openLab, record, rows } from "./open-lab.ts";

const SPEED = 50;
let lab: OpenLab;
beforeAll(async () => {
  lab = await openLab({ speed: SPEED });
});
afterAll(() => lab.close());

async function login(userid: string) {
  const password = lab.about.pve.users.find((user) => user.userid === userid)?.password ?? "";
  const { status, data } = await lab.call("POST", "/access/ticket", { as: "none", form: { username: userid, password } });
  return { status, ...record(data) };
}

const cookie = (ticket: unknown): Record<string, string> => ({ cookie: `PVEAuthCookie=${encodeURIComponent(String(ticket))}` });

test("a password buys a ticket and a CSRF token that are good on every node", async () => {
  const { ticket, CSRFPreventionToken, username, clustername } = Object.assign({ ticket: "", CSRFPreventionToken: "", username: "", clustername: "" }, await login("root@pam"));
  expect([username, clustername]).toEqual(["root@pam", "homelab"]);
  expect(ticket).toMatch(/^PVE:root@pam:[0-9A-F]{8}::\S+$/);
  for (const node of ["Home", "agent"]) expect((await lab.call("GET", "/version", { as: "none", headers: cookie(ticket), node })).status).toBe(200);
  const path = "/nodes/agent/lxc/116/status/stop";
  const without = await lab.call("POST", path, { as: "none", headers: cookie(ticket) });
  expect([without.status, without.reason]).toEqual([401, "Permission denied - invalid csrf token"]);
  expect((await lab.call("POST", path, { as: "none", headers: { ...cookie(ticket), CSRFPreventionToken } })).status).toBe(200);
});

test("a node whose clock is far behind refuses fresh tickets, and takes tokens; the others take both", async () => {
  const headers = cookie(record(await login("olli@pve")).ticket);
  await lab.control("POST", "/faults", { name: "time-drift", target: "node/agent", seconds: -400 });
  expect((await lab.call("GET", "/version", { as: "none", headers, node: "agent" })).status).toBe(401);
  expect((await lab.call("GET", "/version", { as: "none", headers, node: "pve" })).status).toBe(200);
  expect((await lab.call("GET", "/version", { node: "agent" })).status).toBe(200);
  await lab.control("DELETE", "/faults", {});
  expect((await lab.call("GET", "/version", { as: "none", headers, node: "agent" })).status).toBe(200);
});

test("the old ticket renews itself as the password", async () => {
  const { ticket } = Object.assign({ ticket: "" }, await login("olli@pve"));
  expect((await lab.call("POST", "/access/ticket", { as: "none", form: { username: "olli@pve", password: ticket } })).status).toBe(200);
});

test("a wrong password is a 401 with a body, a wrong token one without; both come three seconds late", async () => {
  const startedAt = performance.now();
  const wrong = await lab.call("POST", "/access/ticket", { as: "none", form: { username: "root@pam", password: "no" } });
  expect([wrong.status, wrong.body]).toEqual([401, { data: null, message: "authentication failure\n" }]);
  const bad = await lab.call("GET", "/version", { as: "none", headers: { authorization: "PVEAPIToken=jarvis@pve!observe=nonsense" } });
  expect([bad.status, bad.reason, bad.text]).toEqual([401, "Authentication failed!", ""]);
  expect((await lab.call("GET", "/version", { as: "none" })).reason).toBe("No ticket");
  expect(performance.now() - startedAt).toBeGreaterThan((3 * 3_000) / SPEED - 5);
});

test("a token has no business at /access/ticket", async () => {
  const refused = await lab.call("POST", "/access/ticket", { form: { username: "a@pam", password: "b" } });
  expect([refused.status, refused.reason]).toEqual([403, "Permission check failed (URI '/access/ticket' not available with API token, need proper ticket."]);
});

test("the read token may look and not act, and is told which right it lacks", async () => {
  const refused = await lab.call("POST", "/nodes/pve/qemu/101/status/start");
  expect([refused.status, refused.reason]).toEqual([403, "Permission check failed (/vms/101, VM.PowerMgmt)"]);
  expect((await lab.call("GET", "/nodes/pve/journal?lastentries=1")).status).toBe(200);
});

test("a user of one guest sees that guest, nodes without numbers, and no log", async () => {
  const { ticket } = Object.assign({ ticket: "" }, await login("guest@pve"));
  const as = { as: "none", headers: cookie(ticket) } as const;
  const seen = rows((await lab.call("GET", "/cluster/resources", as)).data);
  expect(seen.filter((row) => row.vmid).map((row) => row.vmid)).toEqual([101]);
  expect(seen.filter((row) => row.type === "node" && "mem" in row)).toEqual([]);
  expect((await lab.call("GET", "/cluster/status", as)).reason).toBe("Permission check failed (/, Sys.Audit)");
  expect((await lab.call("GET", "/cluster/tasks", as)).data).toEqual([]);
  expect((await lab.call("GET", "/nodes/pve/storage/nas/content", as)).reason).toBe("Permission check failed (/storage/nas, Datastore.Audit|Datastore.AllocateSpace)");
});

test("backups are listed to who may make them, and left out without a word for who only looks", async () => {
  const list = async (as: "read" | "act") => rows((await lab.call("GET", "/nodes/pve/storage/backups/content?content=backup", { as })).data).length;
  expect(await list("read")).toBe(0);
  expect(await list("act")).toBeGreaterThan(10);
});

test("/access/permissions tells what the checks enforce", async () => {
  for (const as of ["read", "act"] as const) {
    const tree = record((await lab.call("GET", "/access/permissions", { as })).data);
    const may = "VM.PowerMgmt" in record(tree["/vms"]);
    expect((await lab.call("POST", "/nodes/pve/qemu/900/status/suspend", { as })).status).toBe(may ? 500 : 403);
  }
});

test("only root may skip a lock", async () => {
  const { body } = await lab.call("POST", "/nodes/pve/qemu/101/status/stop", { as: "act", form: { skiplock: "1" } });
  expect(body.errors).toEqual({ skiplock: "Only root may use this option." });
});

test("tokens and certificates are kept in the folder; the files are the owner's alone", async () => {
  const { statSync } = await import("node:fs");
  for (const file of ["secrets.json", "jarvis.yaml", "lab.json"]) expect(statSync(`${lab.dir}/${file}`).mode & 0o077).toBe(0);
});
