// A whole core in this process with the fixture as its only plugin, no open mode, and every door open to be knocked at. For tests only.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Prescription } from "../../core/contract/remedy.ts";
import { makeTree, startCore } from "./house.ts";

export { ADMIN } from "./house.ts";

const FILES = ["effects", "looks", "orders", "answers"] as const;

interface Options {
  /** How fast its clock runs; a verified effect takes 5 s of it. */
  rate?: number;
  /** Default act. */
  autonomy?: "observe" | "propose" | "act";
  /** What the first guest is called; it is ill then. */
  name?: string;
  /** What the fixture prescribes for it. */
  prescribed?: Prescription;
}

export const createFixtureHouse = async ({ rate = 20, autonomy = "act", name, prescribed }: Options = {}) => {
  const folder = mkdtempSync(join(tmpdir(), "jt-"));
  const tree = makeTree(folder, { own: ["fixture", "fixture/plugin.ts"] });
  const files = Object.fromEntries(FILES.map((name) => [name, join(folder, name)])) as Record<(typeof FILES)[number], string>;
  const plugins = { fixture: { ...files, ...(name === undefined ? {} : { name }), ...(prescribed === undefined ? {} : { prescribed }) } };
  const { app, url, code, data, logged, operator } = await startCore({ folder, tree, config: { autonomy, self: "guest/903", protect: ["guest/902"], clock: { rate }, plugins } });
  const lines = (name: (typeof FILES)[number]): string[] => (existsSync(files[name]) ? readFileSync(files[name], "utf8").split("\n").filter(Boolean) : []);

  return {
    app,
    url,
    code,
    folder,
    data,
    files,
    logged,
    operator,
    /** An open incident of the target's own, for which somebody prescribed one tool on it. */
    incidentOn: (target: string, { by, tool, on = target }: { by: string; tool: string; on?: string }): string => {
      const about = { key: "made-up", resource: target, severity: "warning" as const, title: `${target} is made to be ill` };
      const alert = { ...about, id: `fixture/house#made-up#${target}`, plugin: "fixture", channel: "fixture/house" };
      const cause = { kind: "unknown" as const, words: "A test says so.", evidence: [], verdict: "fault" as const };
      const { id } = app.records.open(alert, target, cause, { scene: {}, detectedAt: app.clock.iso(), victims: [] });
      app.records.prescribed(id, { by, tools: [tool], targets: [on] });
      return id;
    },
    /** Nonces of what was really done, in order. */
    effects: (): string[] => lines("effects"),
    looks: (): string[] => lines("looks"),
    answers: (): string[] => lines("answers"),
    stop: async (): Promise<void> => {
      await app.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

export type FixtureHouse = Awaited<ReturnType<typeof createFixtureHouse>>;
