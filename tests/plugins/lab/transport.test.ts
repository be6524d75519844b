// The lab's front door behaves as pveproxy does: formats, status lines, errors, bodies, connections.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { connect } from "node:tls";
import { type OpenLab, openLab, record } from "./open-lab.ts";

let lab: OpenLab;
beforeAll(async () => {
  lab = await openLab({ speed: 100 });
});
afterAll(() => lab.close());

test("an unknown path is 501 and says so in the status line and the body", async () => {
  const reply = await lab.call("GET", "/foo");
  expect([reply.status, reply.reason, reply.body]).toEqual([501, "Method 'GET /foo' not implemented", { data: null, message: "Method 'GET /foo' not implemented\n" }]);
  expect(reply.headers.get("connection")).toBe("close");
});

test("an unknown format is 501 no such uri", async () => {
  expect((await lab.call("GET", "/api2/xml/version")).reason).toBe("no such uri");
});

test("extjs answers 200 with success or its absence", async () => {
  expect((await lab.call("GET", "/api2/extjs/version")).body.success).toBe(1);
  const failed = await lab.call("GET", "/api2/extjs/nodes/pve/qemu/999/status/current");
  expect([failed.status, failed.body.success, failed.body.status]).toEqual([200, 0, 500]);
});

test("every wrong parameter is named in Proxmox's words", async () => {
  const { status, body } = await lab.call("POST", "/nodes/pve/qemu/101/status/shutdown", { as: "act", form: { timeout: "abc", forceStop: "true", bogus: "1" } });
  expect(status).toBe(400);
  expect(body.errors).toEqual({
    timeout: "type check ('integer') failed - got 'abc'",
    forceStop: "type check ('boolean') failed - got 'true'",
    bogus: "property is not defined in schema and the schema does not allow additional properties",
  });
  expect(record((await lab.call("GET", "/nodes/pve/rrddata")).body.errors).timeframe).toBe("property is missing and it is not optional");
  expect(record((await lab.call("GET", "/cluster/resources?type=pool")).body.errors).type).toBe("value 'pool' does not have a value in the enumeration 'vm, storage, node, sdn'");
});

test("JSON true passes where a form's true does not", async () => {
  expect((await lab.call("POST", "/nodes/pve/qemu/107/status/stop", { as: "act", json: { "overrule-shutdown": true } })).status).toBe(200);
});

test("a DELETE with a body is 501", async () => {
  const reply = await lab.call("DELETE", "/nodes/pve/tasks/UPID", { form: { a: "1" } });
  expect([reply.status, reply.reason]).toEqual([501, "Unexpected content for method 'DELETE'"]);
});

test("a guest that is not there is a 500 that names its file", async () => {
  const reply = await lab.call("GET", "/nodes/pve/qemu/106/status/current");
  expect([reply.status, reply.reason]).toEqual([500, "Configuration file 'nodes/pve/qemu-server/106.conf' does not exist"]);
});

test("an unknown node is a failed lookup", async () => {
  expect((await lab.call("GET", "/nodes/pve9/status")).reason).toBe("hostname lookup 'pve9' failed - failed to get address info for: pve9: Name or service not known");
});

test("long answers are compressed when asked, the journal always", async () => {
  const headers = { "accept-encoding": "identity" };
  expect((await lab.call("GET", "/cluster/resources", { headers })).headers.get("content-encoding")).toBeNull();
  const raw = await fetch(`${lab.about.pve.nodes[1]?.url}/api2/json/nodes/pve/journal?lastentries=2`, {
    headers: { ...headers, authorization: `PVEAPIToken=${lab.about.pve.tokens.read}` },
    tls: { rejectUnauthorized: false },
    decompress: false,
  });
  expect(raw.headers.get("content-encoding")).toBe("gzip");
});

test("the journal's reader takes a range or a number of lines; given both it writes nothing", async () => {
  expect((await lab.call("GET", "/nodes/pve/journal?since=0")).text).toContain('"data"');
  const both = await lab.call("GET", "/nodes/pve/journal?since=0&lastentries=5");
  expect([both.status, both.text]).toEqual([200, ""]);
});

test("keys come in another order each time", async () => {
  const texts = new Set<string>();
  for (let turn = 0; turn < 8; turn++) texts.add((await lab.call("GET", "/version")).text);
  expect(texts.size).toBeGreaterThan(1);
});

test("the 8.4 dialect has no message in its errors and the older refusals", async () => {
  const older = await openLab({ speed: 100, dialect: "8.4" });
  expect((await older.call("GET", "/foo")).body).toEqual({ data: null });
  expect((await older.call("GET", "/version", { as: "none", headers: { authorization: "PVEAPIToken=nobody@pve!x=1" } })).reason).toBe("no such user ('nobody@pve')");
  await older.close();
});

test("an idle connection is closed after five seconds", async () => {
  const port = Number(new URL(lab.about.pve.nodes[1]?.url ?? "").port);
  const startedAt = performance.now();
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => socket.write("GET /api2/json/access/domains HTTP/1.1\r\nHost: x\r\n\r\n"));
    socket.on("data", () => undefined);
    socket.on("close", () => resolve());
    socket.on("error", reject);
  });
  const seconds = (performance.now() - startedAt) / 1000;
  expect(seconds).toBeGreaterThan(3.5);
  expect(seconds).toBeLessThan(9);
}, 12_000);
