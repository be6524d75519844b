// A lab that is stopped in good order goes on where it was: what people did stays done, what a fault broke is whole again, and another world begins anew.
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startLab } from "../../../plugins/lab/start.ts";
import { until } from "../../support/until.ts";
import { record, rows } from "./open-lab.ts";

const dir = mkdtempSync(join(tmpdir(), "lab-kept-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Starts the lab of this folder, does something with it, and stops it in good order. */
const visit = async <T>(act: (lab: ReturnType<typeof doors>) => Promise<T>, seed = 1): Promise<T> => {
  const lab = await startLab({ guests: 0, speed: 600, dialect: "9.1", seed, port: 0, dir, startedBy: "test" }, { dir, controlPort: 0 }, () => undefined);
  try {
    return await act(doors(lab.about.control));
  } finally {
    await lab.stop();
  }
};

const doors = (control: string) => {
  const ask = async (method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${control}${path}`, { method, ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return record(await answer.json());
  };
  const guest = async (vmid: number) => rows((await ask("GET", "/state")).guests).find((one) => one.vmid === vmid);
  return {
    guest,
    as: (method: string, path: string, params: object = {}) => ask("POST", "/as", { user: "root@pam", method, path, params }),
    break: (name: string, target: string) => ask("POST", "/faults", { name, target }),
    becomes: (vmid: number, status: string) => until(async () => (await guest(vmid))?.status === status, { withinMs: 10_000, what: `guest ${vmid} to be ${status}` }),
  };
};

test("what people started, stopped and changed is so after a restart, and what a fault broke is whole", async () => {
  await visit(async (lab) => {
    expect([(await lab.guest(107))?.status, (await lab.guest(105))?.status]).toEqual(["stopped", "running"]);
    await lab.as("POST", "/nodes/pve/qemu/107/status/start");
    await lab.as("POST", "/nodes/Home/lxc/105/status/stop");
    await lab.as("PUT", "/nodes/pve/lxc/102/config", { description: "kept" });
    await lab.as("POST", "/nodes/pve/qemu/101/clone", { newid: 201, name: "copy" });
    await lab.break("guest-crash", "guest/106");
    await lab.becomes(107, "running");
    await lab.becomes(105, "stopped");
    await lab.becomes(106, "stopped");
    await until(async () => (await lab.guest(201)) !== undefined && (await lab.guest(201))?.lock === undefined, { withinMs: 20_000, what: "the copy" });
  });
  await visit(async (lab) => {
    const now = await Promise.all([107, 105, 106, 201, 103].map(lab.guest));
    expect(now.map((one) => one?.status)).toEqual(["running", "stopped", "running", "stopped", "running"]);
    expect(JSON.stringify(await lab.as("GET", "/nodes/pve/lxc/102/config"))).toContain("kept");
    await lab.as("DELETE", "/nodes/pve/qemu/201");
    await until(async () => (await lab.guest(201)) === undefined, { withinMs: 10_000, what: "the copy to be gone" });
  });
  expect(await visit(async (lab) => [(await lab.guest(107))?.status, await lab.guest(201)])).toEqual(["running", undefined]);
}, 60_000);

test("another seed is another world, and what cannot be read is none", async () => {
  expect(await visit(async (lab) => (await lab.guest(107))?.status, 2)).toBe("stopped");
  writeFileSync(join(dir, "house.json"), "{");
  expect(await visit(async (lab) => (await lab.guest(107))?.status)).toBe("stopped");
}, 60_000);
