// The files an owner starts from: the example configuration loads, the compose file binds to loopback and gives nothing away.
import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { loadConfig } from "../../core/settings/load.ts";

const root = join(import.meta.dir, "../..");
const read = (name: string): string => readFileSync(join(root, name), "utf8");

test("jarvis.example.yaml fits the schema once its secrets are there", () => {
  const folder = mkdtempSync(join(tmpdir(), "jarvis-example-"));
  for (const name of ["pve-observe", "pve-operate"]) writeFileSync(join(folder, name), "secret\n");
  const path = join(folder, "jarvis.yaml");
  writeFileSync(path, read("jarvis.example.yaml").replaceAll("/run/secrets", folder));
  const { config, filled } = loadConfig({ path, get: () => undefined });
  expect(config.server.host).toBe("127.0.0.1");
  expect(Object.keys(config.plugins)).toEqual(["proxmox", "docker"]);
  expect(filled).toEqual(["secret", "secret"]);
  rmSync(folder, { recursive: true });
});

test("the compose file runs one service, read-only, without capabilities, on loopback", () => {
  const Service = z.looseObject({
    ports: z.array(z.string()),
    read_only: z.literal(true),
    cap_drop: z.tuple([z.literal("ALL")]),
    security_opt: z.array(z.string()),
    mem_limit: z.string(),
  });
  const { services } = z.looseObject({ services: z.record(z.string(), Service) }).parse(parse(read("docker-compose.yml")));
  expect(Object.keys(services)).toEqual(["jarvis"]);
  expect(services.jarvis?.ports).toEqual(["127.0.0.1:5278:5278"]);
  expect(services.jarvis?.security_opt).toContain("no-new-privileges:true");
});

test("the image runs as nobody special", () => {
  expect(read("Dockerfile")).toMatch(/^USER jarvis$/m);
});

test("the README's commands exist", async () => {
  const { COMMANDS } = await import("../../core/cli/commands.ts");
  const plugins = readdirSync(join(root, "plugins")).filter((name) => existsSync(join(root, "plugins", name, "cli.ts")));
  const known = [...plugins, ...COMMANDS.map((row) => row.name)];
  const named = [...read("README.md").matchAll(/\.\/jarvis ([a-z]+)/g)].map((match) => match[1] ?? "");
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});
