// A lab for one test file: in this process, on free ports, in a folder of its own, as fast as asked. Beside it the plainest client there is.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type About, startLab } from "../../../plugins/lab/start.ts";

export interface Reply {
  status: number;
  reason: string;
  headers: Headers;
  text: string;
  /** What stands under `data`, or undefined when the body is no JSON. */
  data: unknown;
  body: Record<string, unknown>;
}

export interface OpenLab {
  about: About;
  dir: string;
  /** A call with a token (`read` by default, `act`, `none`) or headers of one's own. */
  call(
    method: string,
    path: string,
    options?: { as?: "read" | "act" | "none"; headers?: Record<string, string>; form?: Record<string, string>; json?: unknown; node?: string },
  ): Promise<Reply>;
  control(method: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }>;
  close(): Promise<void>;
}

export const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};
export const rows = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.map(record) : []);

function parsed(text: string): Record<string, unknown> {
  try {
    return record(JSON.parse(text));
  } catch {
    return {};
  }
}

interface LabOrder {
  speed?: number;
  dialect?: "8.4" | "9.1";
  seed?: number;
  /** Another world than home, as data. */
  world?: unknown;
  size?: string;
}

export async function openLab({ speed = 1, dialect = "9.1", seed = 1, world, size }: LabOrder = {}): Promise<OpenLab> {
  const dir = mkdtempSync(join(tmpdir(), "lab-test-"));
  const file = join(dir, "world.json");
  if (world !== undefined) writeFileSync(file, JSON.stringify(world));
  const other = { ...(world === undefined ? {} : { world: file }), ...(size === undefined ? {} : { size }) };
  const lab = await startLab({ guests: 0, speed, dialect, seed, port: 0, dir, startedBy: "test", ...other }, { dir, controlPort: 0 }, () => undefined);
  const { about } = lab;
  const urlOf = (node: string): string => about.pve.nodes.find((one) => one.name === node)?.url ?? "";
  return {
    about,
    dir,
    async call(method, path, { as = "read", headers = {}, form, json, node = "pve" } = {}) {
      const credential: Record<string, string> = as === "none" ? {} : { authorization: `PVEAPIToken=${about.pve.tokens[as]}` };
      const body = form ? new URLSearchParams(form).toString() : json === undefined ? undefined : JSON.stringify(json);
      const type: Record<string, string> = body === undefined ? {} : { "content-type": form ? "application/x-www-form-urlencoded" : "application/json" };
      const prefix = path.startsWith("/api2") ? "" : "/api2/json";
      const response = await fetch(`${urlOf(node)}${prefix}${path}`, {
        method,
        headers: { ...credential, ...type, ...headers },
        tls: { rejectUnauthorized: false },
        ...(body === undefined ? {} : { body }),
      });
      const text = await response.text();
      return { status: response.status, reason: response.statusText, headers: response.headers, text, data: parsed(text).data, body: parsed(text) };
    },
    async control(method, path, body) {
      const response = await fetch(`${about.control}${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
      return { status: response.status, body: record(await response.json()) };
    },
    async close() {
      await lab.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Waits for a task's end and answers its exit text. */
export async function ended(lab: OpenLab, upid: unknown): Promise<string> {
  const node = String(upid).split(":")[1] ?? "";
  for (let tries = 0; tries < 1_000; tries++) {
    const { data } = await lab.call("GET", `/nodes/${node}/tasks/${encodeURIComponent(String(upid))}/status`);
    if (record(data).status === "stopped") return String(record(data).exitstatus);
    await Bun.sleep(10);
  }
  throw new Error(`${upid} does not end`);
}
