// What plugins may know, and that core and ui know no plugin.
import { expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { codeOf, filesUnder, importsOf, root } from "./source.ts";

const pluginIds = readdirSync(join(root, "plugins"))
  .filter((name) => existsSync(join(root, "plugins", name, "plugin.ts")) || (name.endsWith(".ts") && !name.startsWith(".")))
  .map((name) => name.replace(/\.ts$/, ""));
/** Ids that are also everyday words: only their tools and channels are looked for. */
const EVERYDAY = new Set(["memory", "hello", "services", "notify"]);
/** npm packages a plugin may use as its client, and Bun or Node parts for the lab's own process. */
const CLIENTS: Record<string, readonly string[]> = { docker: ["dockerode", "docker-modem"], ssh: ["ssh2"] };

test("core and ui name no plugin, nor a tool or channel of one", () => {
  const found = [...filesUnder("core"), ...filesUnder("ui/src")].flatMap((file) => {
    const code = codeOf(file);
    return pluginIds.filter((id) => new RegExp(EVERYDAY.has(id) ? `["'\`]${id}[_/][a-z]` : `(?<![a-zA-Z])${id}(?![a-zA-Z])`, "i").test(code)).map((id) => `${file} names ${id}`);
  });
  expect(found).toEqual([]);
});

/** A plugin's command line is a process of its own that its owner began (DESIGN 2): it may use what a program uses. Nothing that the host loads may lead to it. */
const OF_CLI = /^plugins\/[a-z0-9-]+\/(?:cli\.ts$|setup\/certificate\.ts$)/;

test("what only a command line may touch is imported by command lines only", () => {
  const strays = filesUnder("plugins")
    .filter((file) => !file.startsWith("plugins/lab/") && !file.endsWith("/cli.ts"))
    .flatMap((file) => importsOf(file).flatMap(({ file: to }) => (to !== undefined && OF_CLI.test(to) ? [`${file} -> ${to}`] : [])));
  expect(strays).toEqual([]);
});

test("a plugin imports the contract, its own folder and its own client only", () => {
  const strays = filesUnder("plugins").flatMap((file) => {
    const id = (file.split("/")[1] ?? "").replace(/\.ts$/, "");
    if (id === "lab") return [];
    return importsOf(file)
      .filter(({ name }) => !(OF_CLI.test(file) && name.startsWith("node:")))
      .filter(({ name, file: to }) => name !== "jarvis" && !to?.startsWith(`plugins/${id}/`) && !(CLIENTS[id] ?? []).includes(name))
      .map(({ name }) => `${file} -> ${name}`);
  });
  expect(strays).toEqual([]);
});

test("the lab imports nothing of core or of another plugin, but the contract in its plugin.ts", () => {
  const strays = filesUnder("plugins/lab").flatMap((file) =>
    importsOf(file)
      .filter(({ name, file: to }) => (to !== undefined && !to.startsWith("plugins/lab/")) || (name === "jarvis" && file !== "plugins/lab/plugin.ts"))
      .map(({ name }) => `${file} -> ${name}`),
  );
  expect(strays).toEqual([]);
});

test("a plugin finds no global: no fetch, process, Bun, timers or clock of its own", () => {
  const found = filesUnder("plugins")
    .filter((file) => !file.startsWith("plugins/lab/") && !OF_CLI.test(file))
    .flatMap((file) => {
      const hits =
        codeOf(file).match(/(?<![.\w])(?:fetch\(|process\.|Bun\.|setTimeout|setInterval|setImmediate|queueMicrotask|Date\.now|performance\.now|new Date\(\)|WebSocket\()/g) ?? [];
      return hits.map((hit) => `${file}: ${hit}`);
    });
  expect(found).toEqual([]);
});
