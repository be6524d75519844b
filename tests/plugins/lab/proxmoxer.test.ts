// proxmoxer, a client nobody here wrote, logs in to the lab, lists, stops and starts a guest and follows its task. Skipped, saying so, where it cannot be had; in CI that is a failure.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { proxmoxerPython } from "../../support/proxmoxer.ts";
import { type OpenLab, openLab, record } from "./open-lab.ts";

const SCRIPT = `
import json, sys, time
from urllib.parse import urlparse
from proxmoxer import ProxmoxAPI
from proxmoxer.core import ResourceException

order = json.load(sys.stdin)
where = urlparse(order["url"])
common = dict(port=where.port, verify_ssl=order["ca"], timeout=20)
if order["how"] == "password":
    api = ProxmoxAPI(where.hostname, user=order["user"], password=order["secret"], **common)
else:
    api = ProxmoxAPI(where.hostname, user=order["user"], token_name=order["token"], token_value=order["secret"], **common)

def wait(upid):
    for _ in range(400):
        status = api.nodes("pve").tasks(upid).status.get()
        if status["status"] == "stopped":
            return status["exitstatus"]
        time.sleep(0.02)
    raise SystemExit("the task does not end")

guest = api.nodes("pve").lxc(order["vmid"])
result = {
    "version": api.version.get()["version"],
    "nodes": sorted(node["node"] for node in api.nodes.get()),
    "guests": len(api.cluster.resources.get(type="vm")),
    "before": guest.status.current.get()["status"],
}
stop = guest.status.stop.post()
result["stop"] = wait(stop)
result["between"] = guest.status.current.get()["status"]
start = guest.status.start.post()
result["start"] = wait(start)
result["after"] = guest.status.current.get()["status"]
result["log"] = [line["t"] for line in api.nodes("pve").tasks(start).log.get()]
try:
    api.nodes("pve").qemu(999).status.current.get()
except ResourceException as error:
    result["missing"] = [error.status_code, error.content]
print(json.dumps(result))
`;

const python = await proxmoxerPython();
if (!python) console.warn("proxmoxer cannot be had here (no Python, or no way to its package): its tests are skipped");

test.if(Boolean(process.env.CI))("in CI proxmoxer is there", () => expect(python).toBeDefined());

describe.skipIf(!python)("proxmoxer", () => {
  let lab: OpenLab;
  beforeAll(async () => {
    lab = await openLab({ speed: 30 });
    const { certificates } = record(await Bun.file(join(lab.dir, "secrets.json")).json());
    await Bun.write(join(lab.dir, "pve.pem"), String(record(record(certificates).pve).cert));
  });
  afterAll(() => lab.close());

  async function drive(order: Record<string, unknown>): Promise<Record<string, unknown>> {
    const input = JSON.stringify({ url: lab.about.pve.nodes[1]?.url, ca: join(lab.dir, "pve.pem"), ...order });
    const child = Bun.spawn([python ?? "", "-c", SCRIPT], { stdin: new TextEncoder().encode(input), stdout: "pipe", stderr: "inherit" });
    const text = await new Response(child.stdout).text();
    expect(await child.exited).toBe(0);
    return record(JSON.parse(text));
  }

  const expected = {
    version: "9.1.6",
    nodes: ["Home", "agent", "agent1", "pve"],
    guests: 22,
    before: "running",
    stop: "OK",
    between: "stopped",
    start: "OK",
    after: "running",
    log: ["TASK OK"],
    missing: [500, "Configuration file 'nodes/pve/qemu-server/999.conf' does not exist"],
  };

  test("logs in with a password and drives a guest, its TLS checked against the node's certificate", async () => {
    const secret = lab.about.pve.users.find((user) => user.userid === "root@pam")?.password;
    expect(await drive({ how: "password", user: "root@pam", secret, vmid: 109 })).toEqual(expected);
  }, 60_000);

  test("does the same with an API token", async () => {
    const secret = lab.about.pve.tokens.act.split("=")[1];
    expect(await drive({ how: "token", user: "jarvis@pve", token: "operate", secret, vmid: 115 })).toEqual(expected);
  }, 60_000);
});
