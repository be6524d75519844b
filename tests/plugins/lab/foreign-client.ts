// What a client nobody here wrote is asked to do and must find: a lab whose certificate it can check, one order in, one answer out. For tests only.

import { expect } from "bun:test";
import { join } from "node:path";
import { type OpenLab, openLab, record } from "./open-lab.ts";

export const MISSING = "Configuration file 'nodes/pve/qemu-server/999.conf' does not exist";
/** A guest of the house stopped and started, seen with a client's eyes; how an error is told is each client's own. */
export const EXPECTED = {
  version: "9.1.6",
  nodes: ["Home", "agent", "agent1", "pve"],
  guests: 22,
  before: "running",
  stop: "OK",
  between: "stopped",
  start: "OK",
  after: "running",
  log: ["TASK OK"],
};

interface ForeignLab {
  readonly lab: OpenLab;
  readonly url: string;
  /** A file that holds the nodes' certificate. */
  readonly ca: string;
  readonly password: string;
  /** The acting token's id and secret. */
  readonly token: readonly [id: string, secret: string];
}

export const openForForeigners = async (): Promise<ForeignLab> => {
  const lab = await openLab({ speed: 30 });
  const { certificates } = record(await Bun.file(join(lab.dir, "secrets.json")).json());
  const ca = join(lab.dir, "pve.pem");
  await Bun.write(ca, String(record(record(certificates).pve).cert));
  const [id = "", secret = ""] = lab.about.pve.tokens.act.split("=");
  const root = lab.about.pve.users.find((user) => user.userid === "root@pam");
  return { lab, url: lab.about.pve.nodes[1]?.url ?? "", ca, password: root?.password ?? "", token: [id, secret] };
};

/** Hands the order to the program as JSON and reads its answer, the same way. */
export const drive = async (command: readonly string[], order: Record<string, unknown>): Promise<Record<string, unknown>> => {
  const child = Bun.spawn([...command], { stdin: new TextEncoder().encode(JSON.stringify(order)), stdout: "pipe", stderr: "inherit" });
  const text = await new Response(child.stdout).text();
  expect(await child.exited).toBe(0);
  return record(JSON.parse(text));
};
