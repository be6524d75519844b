// A whole core in this process over a tree of its own, with a made-up plugin and as many of the bundled ones as wanted, no open mode, and every door open. For tests only.
import { copyFileSync, cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type App, createApp } from "../../core/app.ts";
import type { MethodName, Result } from "../../core/contract/wire.ts";
import { loadConfig } from "../../core/settings/load.ts";
import type { Environment } from "../../core/settings.ts";
import { rpcOver } from "./doors.ts";

const root = resolve(import.meta.dir, "../..");
export const ADMIN = "jrv_admin_of_the_fixture_house_0123456789abcdef";

interface Wanted {
  readonly own: readonly [id: string, file: string];
  readonly bundled?: readonly string[];
  readonly allowed?: Readonly<Record<string, string>>;
}

/** The real one, with one more grant: what it is made of reads no further than its own folder. */
const allowing = (id: string, tools: string): string =>
  `import { definePlugin } from "jarvis";\nimport real from ${JSON.stringify(join(root, "plugins", id, "plugin.ts"))};\nexport default definePlugin({ ...real, permissions: { ...real.permissions, tool: [...(real.permissions?.tool ?? []), ${JSON.stringify(tools)}] } });\n`;

/** `own`: the id of the made-up plugin and its file here; `bundled`: beside it; those in `allowed` may call these tools too. Core and screen are the real ones. */
export const makeTree = (folder: string, { own, bundled = [], allowed = {} }: Wanted): string => {
  const made = join(folder, "tree");
  const [id, file] = own;
  mkdirSync(join(made, "plugins", id), { recursive: true });
  for (const name of ["core", "personas"]) symlinkSync(join(root, name), join(made, name));
  // The built page as it is now: whoever builds it anew meanwhile changes nothing here.
  if (existsSync(join(root, "ui/build"))) cpSync(join(root, "ui/build"), join(made, "ui/build"), { recursive: true });
  copyFileSync(join(import.meta.dir, file), join(made, "plugins", id, "plugin.ts"));
  for (const name of bundled) {
    const tools = allowed[name];
    if (tools === undefined) symlinkSync(join(root, "plugins", name), join(made, "plugins", name));
    else {
      mkdirSync(join(made, "plugins", name));
      writeFileSync(join(made, "plugins", name, "plugin.ts"), allowing(name, tools));
    }
  }
  writeFileSync(join(made, "plugins/bundled.json"), JSON.stringify([id, ...bundled]));
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

/** `config`: what jarvis.yaml says. */
export const startCore = async ({ folder, tree, config }: { folder: string; tree: string; config: Readonly<Record<string, unknown>> }) => {
  const configPath = join(folder, "jarvis.yaml");
  writeFileSync(configPath, JSON.stringify(config));
  const environment = environmentOf(folder, tree);
  mkdirSync(environment.data, { recursive: true });
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
  return {
    app,
    url,
    code,
    data: environment.data,
    logged,
    /** As the CLI: over the control socket. Throws the error's word and message. */
    operator: async <N extends MethodName>(method: N, params: Record<string, unknown> = {}): Promise<Result<N>> => {
      const answer = await control(method, params);
      if (answer.error) throw new Error(`${answer.error.data?.type}: ${answer.error.message}`);
      return answer.result as Result<N>;
    },
  };
};
