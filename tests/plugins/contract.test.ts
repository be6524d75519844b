// What every plugin of this repository must meet, whichever there are: the rules of check, and a dead other side, directly and over messages.
import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { JarvisError } from "../../core/contract/error.ts";
import { check } from "../../core/host/check.ts";
import { discover } from "../../core/host/discover.ts";
import { installJarvisModule } from "../../core/host/jarvis-module.ts";
import { joined } from "../../core/host/message-context.ts";
import { createClock } from "../../core/lib/clock.ts";
import { testHost } from "../support/host.ts";
import { records } from "../support/records.ts";

const folder = join(import.meta.dir, "../../plugins");
const bundled = z.array(z.string()).parse(JSON.parse(readFileSync(join(folder, "bundled.json"), "utf8")));
const found = discover({ folders: [folder], bundled });

/** A configuration that leads nowhere: tests/plugins/ID/dead-config.json, or none for a plugin that needs none. */
const deadConfig = (id: string): unknown => {
  const path = join(import.meta.dir, id, "dead-config.json");
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
};

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const host of running.splice(0)) await host.stop();
});

const started = async (id: string, way: "directly" | "over messages") => {
  const { records: kept, incidents } = records(createClock());
  const built = testHost({
    folders: [folder],
    bundled: [id],
    configs: { [id]: deadConfig(id) },
    faces: { records: kept, incidents },
    ...(way === "directly" ? {} : { through: joined }),
  });
  running.push(built.host);
  await built.host.start();
  const info = built.host.list().find((plugin) => plugin.id === id);
  if (info?.state !== "running") throw new Error(`${id} is ${info?.state}: ${info?.error}. Does it need tests/plugins/${id}/dead-config.json?`);
  return built;
};

/** Only an upstream error may come out of a plugin whose other side is dead. */
const settled = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return "upstream: it needs none";
  } catch (thrown) {
    return thrown instanceof JarvisError ? `${thrown.type}: ${thrown.message}` : `threw no JarvisError: ${String(thrown)}`;
  }
};

test("nothing but bundled plugins lies in the plugins folder", () => {
  expect(found.dropped).toEqual([]);
});

describe.each(found.bundled.map(({ id, entry }) => ({ id, entry })))("$id", ({ id, entry }) => {
  test("meets every rule for a bundled plugin", async () => {
    installJarvisModule();
    const module = z.looseObject({ default: z.unknown() }).parse(await import(entry));
    expect(check(id, module.default, { bundled: true }).issues).toEqual([]);
    expect(Object.isFrozen(module.default)).toBe(true);
  });

  test.each(["directly", "over messages"] as const)("survives a dead other side, %s", async (way) => {
    const { monitors, host, tools } = await started(id, way);
    expect(tools.length).toBeGreaterThan(0);
    expect(host.widgets().every(({ plugin }) => plugin === id)).toBe(true);
    for (const monitor of monitors) {
      const life = new AbortController();
      expect(await settled(monitor.read(life.signal))).toStartWith("upstream");
      if (monitor.watch === undefined) continue;
      const watching = settled(monitor.watch(() => undefined, life.signal));
      life.abort(new JarvisError("upstream_timeout", { message: "the test is over" }));
      expect(await watching).toStartWith("upstream");
    }
  });

  test("is taken down without a rest", async () => {
    const built = await started(id, "directly");
    await built.host.stop();
    expect([built.tools, built.monitors, built.channels, built.diagnoses, built.remedies]).toEqual([[], [], [], [], []]);
  });
});
