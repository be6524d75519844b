// proxmoxer, a client nobody here wrote, logs in to the lab, lists, stops and starts a guest and follows its task. Skipped, saying so, where it cannot be had; in CI that is a failure.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { proxmoxerPython } from "../../support/proxmoxer.ts";
import { drive, EXPECTED, MISSING, openForForeigners } from "./foreign-client.ts";

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
  let house: Awaited<ReturnType<typeof openForForeigners>>;
  beforeAll(async () => {
    house = await openForForeigners();
  });
  afterAll(() => house?.lab.close());

  const asked = (order: Record<string, unknown>) => drive([python ?? "", "-c", SCRIPT], { url: house.url, ca: house.ca, ...order });
  const expected = { ...EXPECTED, missing: [500, MISSING] };

  test("logs in with a password and drives a guest, its TLS checked against the node's certificate", async () => {
    expect(await asked({ how: "password", user: "root@pam", secret: house.password, vmid: 109 })).toEqual(expected);
  }, 60_000);

  test("does the same with an API token", async () => {
    expect(await asked({ how: "token", user: "jarvis@pve", token: "operate", secret: house.token[1], vmid: 115 })).toEqual(expected);
  }, 60_000);
});
