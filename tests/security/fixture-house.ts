// A whole core in this process with the fixture as its only plugin, no open mode, and every door open to be knocked at. For tests only.
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type App, createApp } from "../../core/app.ts";
import type { Prescription } from "../../core/contract/remedy.ts";
import type { MethodName, Result } from "../../core/contract/wire.ts";
import { loadConfig } from "../../core/settings/load.ts";
import type { Environment } from "../../core/settings.ts";
import { rpcOver } from "./doors.ts";

const root = resolve(import.meta.dir, "../..");
export const ADMIN = "jrv_admin_of_the_fixture_house_0123456789abcdef";
const FILES = ["effects", "looks", "orders", "answers"] as const;

/** Its plugins folder holds the fixture and nothing else; core and screen are the real ones. */
const makeRoot = (folder: string): string => {
  const made = join(folder, "tree");
  mkdirSync(join(made, "plugins/fixture"), { recursive: true });
  for (const name of ["core", "personas"]) symlinkSync(join(root, name), join(made, name));
  // The built page as it is now: whoever builds it anew meanwhile changes nothing here.
  if (existsSync(join(root, "ui/build"))) cpSync(join(root, "ui/build"), join(made, "ui/build"), { recursive: true });
  copyFileSync(join(import.meta.dir, "fixture/plugin.ts"), join(made, "plugins/fixture/plugin.ts"));
  writeFileSync(join(made, "plugins/bundled.json"), JSON.stringify(["fixture"]));
  return made;
};

const environmentOf = (folder: string, tree: string): Environment => ({
  host: undefined,
  port: 0,
  config: undefined,
  data: join(folder, "data"),
  memory: join(folder, "memory"),
  personas: join(tree, "personas"),
  plugins: [],
  adminToken: ADMIN,
  clockRate: undefined,
  identity: undefined,
  holdAt: undefined,
  ci: false,
  home: folder,
  get: () => undefined,
});

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
  const tree = makeRoot(folder);
  const files = Object.fromEntries(FILES.map((name) => [name, join(folder, name)])) as Record<(typeof FILES)[number], string>;
  const configPath = join(folder, "jarvis.yaml");
  const plugins = { fixture: { ...files, ...(name === undefined ? {} : { name }), ...(prescribed === undefined ? {} : { prescribed }) } };
  writeFileSync(configPath, JSON.stringify({ autonomy, self: "guest/903", protect: ["guest/902"], clock: { rate }, plugins }));
  const environment = environmentOf(folder, tree);
  mkdirSync(environment.data);
  const logged: string[] = [];
  const app: App = await createApp({
    environment,
    loaded: loadConfig({ path: configPath, get: environment.get }),
    configPath,
    root: tree,
    version: "0.0.0-test",
    write: (line) => void logged.push(line),
  });
  const { url, code } = await app.start();
  // What main() writes, so that the CLI finds this core.
  writeFileSync(join(environment.data, "run.json"), JSON.stringify({ pid: process.pid, url, startedAt: app.clock.iso(), data: app.paths.data, control: app.paths.control }), {
    mode: 0o600,
  });
  const control = rpcOver({ unix: app.paths.control });
  const lines = (name: (typeof FILES)[number]): string[] => (existsSync(files[name]) ? readFileSync(files[name], "utf8").split("\n").filter(Boolean) : []);

  return {
    app,
    url,
    code,
    folder,
    data: environment.data,
    files,
    logged,
    /** As the CLI: over the control socket. Throws the error's word and message. */
    operator: async <N extends MethodName>(method: N, params: Record<string, unknown> = {}): Promise<Result<N>> => {
      const answer = await control(method, params);
      if (answer.error) throw new Error(`${answer.error.data?.type}: ${answer.error.message}`);
      return answer.result as Result<N>;
    },
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
