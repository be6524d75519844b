// One core per data folder, by a lock the kernel frees at death: tried with real processes and a real SIGKILL.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acquireLease } from "../../../core/store/lease.ts";

let folder = "";
const path = () => join(folder, "lease.db");
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "jarvis-lease-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const HOLDER = `
const { acquireLease } = await import(process.argv[1]);
const lease = acquireLease(process.argv[2]);
console.log(JSON.stringify("epoch" in lease ? { epoch: lease.epoch } : lease));
await new Promise((resolve) => process.stdin.on("end", resolve).resume());
`;
const spawn = () =>
  Bun.spawn([process.execPath, "-e", HOLDER, join(import.meta.dir, "../../../core/store/lease.ts"), path()], { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
const firstLine = async (child: ReturnType<typeof spawn>): Promise<unknown> => {
  const reader = child.stdout.getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) break;
    text += new TextDecoder().decode(value);
  }
  return JSON.parse(text);
};

describe("the lease", () => {
  test("is held for life, and freed by the kernel when its holder is killed", async () => {
    const child = spawn();
    expect(await firstLine(child)).toEqual({ epoch: 1 });
    writeFileSync(join(folder, "run.json"), JSON.stringify({ pid: child.pid, url: "http://127.0.0.1:5278", startedAt: "now" }));
    expect(acquireLease(path())).toEqual({ takenBy: { pid: child.pid, url: "http://127.0.0.1:5278" } });
    child.kill("SIGKILL");
    await child.exited;
    const lease = acquireLease(path());
    if (!("epoch" in lease)) throw new Error("the lease of a dead process is still held");
    expect(lease.epoch).toBe(2);
    lease.release();
  });

  test("raises its epoch with every holder, also after a clean release", () => {
    for (const epoch of [1, 2, 3]) {
      const lease = acquireLease(path());
      if (!("epoch" in lease)) throw new Error("taken");
      expect(lease.epoch).toBe(epoch);
      lease.release();
    }
  });

  test("is refused within the same process too, and the refused touches nothing", () => {
    const lease = acquireLease(path());
    const before = readFileSync(path()).toString("hex");
    expect(acquireLease(path())).toEqual({ takenBy: {} });
    expect(readFileSync(path()).toString("hex")).toBe(before);
    if ("release" in lease) lease.release();
  });

  test("does not take a file that is no database for free", () => {
    writeFileSync(path(), "no database, but long enough to be looked at as the header of one, which it is not at all".repeat(3));
    expect(() => acquireLease(path())).toThrow();
  });

  test("goes to exactly one of many that start at once", async () => {
    const children = Array.from({ length: 4 }, spawn);
    const answers = await Promise.all(children.map(firstLine));
    expect(answers.filter((answer) => typeof answer === "object" && answer !== null && "epoch" in answer)).toHaveLength(1);
    for (const child of children) child.kill("SIGKILL");
    await Promise.all(children.map((child) => child.exited));
  });
});
