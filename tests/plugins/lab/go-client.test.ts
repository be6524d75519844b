// go-proxmox, a Go client nobody here wrote, logs in to the lab, lists, stops and starts a guest and follows its tasks. Skipped, saying so, where it cannot be had; in CI with a Go that is a failure.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { goClient, hasGo } from "../../support/go-client.ts";
import { type OpenLab, openLab, record } from "./open-lab.ts";

const program = await goClient();
if (!program) console.warn("the Go client cannot be had here (no Go, or no way to its module): its tests are skipped");

test.if(Boolean(process.env.CI) && hasGo())("in CI the Go client is there", () => expect(program).toBeDefined());

describe.skipIf(!program)("go-proxmox", () => {
  let lab: OpenLab;
  beforeAll(async () => {
    lab = await openLab({ speed: 30 });
    const { certificates } = record(await Bun.file(join(lab.dir, "secrets.json")).json());
    await Bun.write(join(lab.dir, "pve.pem"), String(record(record(certificates).pve).cert));
  });
  afterAll(() => lab.close());

  const drive = async (order: Record<string, unknown>): Promise<Record<string, unknown>> => {
    const input = JSON.stringify({ URL: lab.about.pve.nodes[1]?.url, CA: join(lab.dir, "pve.pem"), Node: "pve", ...order });
    const child = Bun.spawn([program ?? ""], { stdin: new TextEncoder().encode(input), stdout: "pipe", stderr: "inherit" });
    const text = await new Response(child.stdout).text();
    expect(await child.exited).toBe(0);
    return record(JSON.parse(text));
  };

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
    missing: expect.stringContaining("Configuration file 'nodes/pve/qemu-server/999.conf' does not exist"),
  };

  test("logs in with a password and drives a guest, its TLS checked against the node's certificate", async () => {
    const secret = lab.about.pve.users.find((user) => user.userid === "root@pam")?.password;
    expect(await drive({ How: "password", User: "root@pam", Secret: secret, VMID: 109 })).toEqual(expected);
  }, 60_000);

  test("does the same with an API token", async () => {
    const [id, secret] = lab.about.pve.tokens.act.split("=");
    expect(await drive({ How: "token", User: id, Secret: secret, VMID: 115 })).toEqual(expected);
  }, 60_000);
});
