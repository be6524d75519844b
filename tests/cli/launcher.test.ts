// The launcher on machines that lack things: what it brings, from where, what it refuses, and that a second start needs nothing.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../support/until.ts";
import { createPlace, fits, type Place, packBun, pin, type Registry, serveRegistry } from "./place.ts";

const NOWHERE = { npm_config_registry: "http://127.0.0.1:9" };
const WARM_START_MS = 1_000;
const places: Place[] = [];
let registry: Registry;

const place = (pins?: Record<string, string>): Place => {
  const made = createPlace(pins);
  places.push(made);
  return made;
};
const withBun = (): Place => {
  const made = place();
  mkdirSync(join(made.folder, ".bun"));
  symlinkSync(process.execPath, made.bun);
  return made;
};
const leftovers = (made: Place): string[] => readdirSync(join(made.folder, ".bun")).filter((name) => name !== "bun" && name !== "bunx");

beforeAll(() => {
  registry = serveRegistry();
});
afterAll(async () => {
  await registry.stop();
  for (const made of places) made.remove();
});

describe.skipIf(!fits)("bringing Bun (needs linux on x64 with AVX2)", () => {
  test("a machine with only curl gets the pinned Bun from the configured registry, and a second start asks for nothing", async () => {
    const made = place();
    const before = registry.asked.length;
    const first = await made.run(["curl"], { npm_config_registry: registry.url }, "status", "--json");
    expect(first.err).toContain(`bringing Bun ${pin}`);
    expect(JSON.parse(first.out)).toEqual({ bun: pin, path: made.bun, args: ["status", "--json"] });
    expect(registry.asked.slice(before)).toEqual([`/@oven/bun-linux-x64/-/bun-linux-x64-${pin}.tgz`]);
    expect(leftovers(made)).toEqual([]);

    const begun = performance.now();
    const second = await made.run([], NOWHERE, "status");
    expect(second).toMatchObject({ code: 0, err: "" });
    expect(performance.now() - begun).toBeLessThan(WARM_START_MS);
  });

  test.skipIf(!Bun.which("npm"))("a machine with only Node and npm gets it through npm", async () => {
    const made = place();
    const before = registry.asked.length;
    const first = await made.run(["node", "npm"], { npm_config_registry: registry.url }, "status");
    expect(first.err).toContain("with npm");
    expect(JSON.parse(first.out).path).toBe(made.bun);
    expect(registry.asked.slice(before)).toContain(`/@oven/bun-linux-x64/-/bun-linux-x64-${pin}.tgz`);
  });

  test("a registry named in ~/.npmrc is used by curl too", async () => {
    const made = place();
    writeFileSync(join(made.folder, ".home/.npmrc"), `registry=${registry.url}/\n`);
    const { code } = await made.run(["curl"], {}, "status");
    expect(code).toBe(0);
  });

  test("what is not the pinned hash is thrown away", async () => {
    const made = place({ "linux-x64": "0".repeat(128) });
    const { code, err } = await made.run(["curl"], { npm_config_registry: registry.url }, "status");
    expect(code).toBe(1);
    expect(err).toContain("is not what package.json pins");
    expect(existsSync(made.bun)).toBe(false);
    expect(leftovers(made)).toEqual([]);
  });

  test("two starts at once bring it once", async () => {
    const made = place();
    const before = registry.asked.length;
    const both = await Promise.all([made.run(["curl"], { npm_config_registry: registry.url }, "status"), made.run(["curl"], { npm_config_registry: registry.url }, "status")]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(registry.asked.length - before).toBe(1);
  });

  test("an interrupted download leaves nothing behind", async () => {
    const hanging = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Promise<Response>(() => undefined) });
    const made = place();
    const child = made.spawn(["curl"], { npm_config_registry: `http://127.0.0.1:${hanging.port}` }, "status");
    await until(() => hanging.pendingRequests > 0, { what: "the download" });
    process.kill(-child.pid, "SIGTERM");
    expect(await child.exited).not.toBe(0);
    await hanging.stop(true);
    expect(existsSync(made.bun)).toBe(false);
    expect(leftovers(made)).toEqual([]);
  });

  test("the pinned Bun on the PATH is used, and nothing is fetched", async () => {
    const made = place();
    made.fake("bun", `exec '${process.execPath}' "$@"`);
    const { code, err } = await made.run([], NOWHERE, "status");
    expect(err).not.toContain("bringing");
    expect(code).toBe(0);
    expect(existsSync(made.bun)).toBe(false);
  });

  test("another Bun on the PATH is left alone", async () => {
    const made = place();
    made.fake("bun", "echo 0.0.1");
    const { out } = await made.run(["curl"], { npm_config_registry: registry.url }, "status");
    expect(JSON.parse(out).path).toBe(made.bun);
  });
});

describe("failing in words", () => {
  test("no network: says what to try, exit 1", async () => {
    const { code, err } = await place().run(["curl"], NOWHERE, "start");
    expect(code).toBe(1);
    expect(err).toContain("Is there a network?");
  });

  test("neither npm nor curl nor wget: says which to install", async () => {
    const { code, err } = await place().run([], {}, "start");
    expect(code).toBe(1);
    expect(err).toContain("neither npm nor curl nor wget");
  });

  test("a system no Bun is made for is named", async () => {
    const made = place();
    made.fake("uname", "echo FreeBSD");
    const { code, err } = await made.run(["curl"], NOWHERE, "start");
    expect(code).toBe(1);
    expect(err).toContain("no Bun is made for FreeBSD");
  });

  test("musl on arm64 asks for that Bun", async () => {
    const made = place({ "linux-aarch64-musl": "0".repeat(128) });
    made.fake("uname", '[ "$1" = -m ] && echo aarch64 || echo Linux');
    made.fake("ldd", "echo 'musl libc (aarch64)' >&2; exit 1");
    await made.run(["curl"], { npm_config_registry: registry.url }, "start");
    expect(registry.asked.at(-1)).toBe(`/@oven/bun-linux-aarch64-musl/-/bun-linux-aarch64-musl-${pin}.tgz`);
  });

  test.skipIf(process.getuid?.() !== 0 || !Bun.which("setpriv"))("a read-only folder with something missing says who has to do what (needs root to become nobody)", async () => {
    const made = place();
    Bun.spawnSync(["chmod", "-R", "a+rX,go-w", made.folder]);
    const child = Bun.spawn(["setpriv", "--reuid", "65534", "--clear-groups", join(made.folder, "jarvis"), "status"], {
      stdout: "pipe",
      stderr: "pipe",
      env: { PATH: "/usr/bin:/bin" },
    });
    expect(await child.exited).toBe(1);
    expect(await new Response(child.stderr).text()).toContain("is read-only here");
  });
});

describe("what comes after Bun", () => {
  test("a lockfile that changed is installed anew, an unchanged one is not", async () => {
    const made = withBun();
    expect((await made.run([], NOWHERE, "status")).err).toContain("installing packages");
    expect((await made.run([], NOWHERE, "status")).err).toBe("");
    writeFileSync(join(made.folder, "bun.lock"), `${readFileSync(join(made.folder, "bun.lock"), "utf8")}\n`);
    expect((await made.run([], NOWHERE, "status")).err).toContain("installing packages");
  });

  test("a dead owner's lock is taken over", async () => {
    const made = withBun();
    const gone = Bun.spawnSync(["true"]).pid;
    symlinkSync(String(gone), join(made.folder, ".bun/lock"));
    expect((await made.run([], NOWHERE, "status")).code).toBe(0);
    expect(leftovers(made)).toEqual([]);
  });

  test("a word that is no core command runs the plugin of that name", async () => {
    const { out } = await withBun().run([], NOWHERE, "greeter", "hello", "--json");
    expect(out).toBe("greeter hello --json\n");
  });

  test("a word that would leave the plugin folder does not", async () => {
    const { out } = await withBun().run([], NOWHERE, "../plugins/greeter");
    expect(JSON.parse(out).args).toEqual(["../plugins/greeter"]);
  });

  test("through a symlink from elsewhere it finds its own folder", async () => {
    const made = withBun();
    await made.run([], NOWHERE, "status");
    const link = join(made.folder, ".home/jarvis");
    symlinkSync("../jarvis", link);
    const ran = Bun.spawnSync([link, "status"], { cwd: "/", env: { PATH: "/usr/bin:/bin", HOME: made.folder } });
    expect(JSON.parse(ran.stdout.toString()).args).toEqual(["status"]);
  });

  test("this repository pins a hash for every platform it names", () => {
    const { jarvis } = JSON.parse(readFileSync(join(import.meta.dir, "../../package.json"), "utf8"));
    expect(Object.keys(jarvis.bun)).toHaveLength(9);
    for (const hash of Object.values(jarvis.bun)) expect(hash).toMatch(/^[0-9a-f]{128}$/);
    expect(packBun().bytes.length).toBeGreaterThan(1_000_000);
  });
});
