// A copy of the launcher in a folder of its own, with a PATH of chosen programs and a registry on loopback. For launcher tests only.
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const repository = join(import.meta.dir, "../..");
const BASE_TOOLS = "sh sed uname dirname readlink mkdir ln rm sleep cut sha512sum tar gzip head grep cat mv cp chmod cmp find ldd env".split(" ");

/** One package of the folder itself, so that an install needs no network. */
const LOCK = `{
  "lockfileVersion": 2,
  "configVersion": 1,
  "workspaces": {
    "": {
      "name": "place",
      "dependencies": {
        "greeting": "file:./greeting",
      },
    },
  },
  "packages": {
    "greeting": ["greeting@file:greeting", {}],
  }
}
`;

export const PLATFORM = "linux-x64";
export const pin = Bun.version;

let packed: { bytes: Uint8Array<ArrayBuffer>; sha512: string } | undefined;

/** The npm tarball of the Bun that runs this test, packed once. */
export const packBun = (): { bytes: Uint8Array<ArrayBuffer>; sha512: string } => {
  if (packed) return packed;
  const folder = mkdtempSync(join(tmpdir(), "jarvis-bun-"));
  mkdirSync(join(folder, "package/bin"), { recursive: true });
  copyFileSync(process.execPath, join(folder, "package/bin/bun"));
  writeFileSync(join(folder, "package/package.json"), JSON.stringify({ name: `@oven/bun-${PLATFORM}`, version: pin }));
  const made = Bun.spawnSync(["sh", "-c", "tar -cf - package | gzip -1"], { cwd: folder });
  rmSync(folder, { recursive: true, force: true });
  const bytes = new Uint8Array(made.stdout);
  packed = { bytes, sha512: new Bun.CryptoHasher("sha512").update(bytes).digest("hex") };
  return packed;
};

export interface Place {
  readonly folder: string;
  readonly bun: string;
  run(tools: readonly string[], env: Record<string, string>, ...args: string[]): Promise<{ code: number; out: string; err: string }>;
  spawn(tools: readonly string[], env: Record<string, string>, ...args: string[]): Bun.Subprocess<"ignore", "pipe", "pipe">;
  /** Puts a program of the test's own in front of the others. */
  fake(name: string, script: string): void;
  remove(): void;
}

export const createPlace = (pins: Record<string, string> = { [PLATFORM]: packBun().sha512 }): Place => {
  const folder = mkdtempSync(join(tmpdir(), "jarvis-place-"));
  let runs = 0;
  const fakes = join(folder, ".fakes");
  for (const each of ["core/cli/commands", "plugins/greeter", "greeting", ".home"]) mkdirSync(join(folder, each), { recursive: true });
  mkdirSync(fakes);
  copyFileSync(join(repository, "jarvis"), join(folder, "jarvis"));
  chmodSync(join(folder, "jarvis"), 0o755);
  const manifest = { name: "place", version: "1.0.0", engines: { bun: pin }, jarvis: { bun: pins }, dependencies: { greeting: "file:./greeting" } };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(join(folder, "greeting/package.json"), '{ "name": "greeting", "version": "1.0.0" }\n');
  writeFileSync(join(folder, "bun.lock"), LOCK);
  writeFileSync(join(folder, "core/cli/main.ts"), "console.log(JSON.stringify({ bun: Bun.version, path: process.execPath, args: process.argv.slice(2) }));\n");
  writeFileSync(join(folder, "plugins/greeter/cli.ts"), 'console.log(["greeter", ...process.argv.slice(2)].join(" "));\n');

  const spawn: Place["spawn"] = (tools, env, ...args) => {
    runs += 1;
    const bin = join(folder, `.path-${runs}`);
    mkdirSync(bin);
    for (const name of [...BASE_TOOLS, ...tools]) {
      const real = Bun.which(name);
      if (real) symlinkSync(real, join(bin, name));
    }
    return Bun.spawn([join(folder, "jarvis"), ...args], {
      cwd: folder,
      env: { PATH: `${fakes}:${bin}`, HOME: join(folder, ".home"), ...env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      detached: true,
    });
  };
  return {
    folder,
    bun: join(folder, ".bun/bun"),
    spawn,
    run: async (tools, env, ...args) => {
      const child = spawn(tools, env, ...args);
      const [out, err, code] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
      return { code, out, err };
    },
    fake: (name, script) => {
      writeFileSync(join(fakes, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(fakes, name), 0o755);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};

export interface Registry {
  readonly url: string;
  /** Paths asked for, in order. */
  readonly asked: string[];
  stop(): Promise<void>;
}

/** An npm registry that knows one package: this Bun. `bytes`: other bytes under its name. */
export const serveRegistry = (bytes: Uint8Array<ArrayBuffer> = packBun().bytes): Registry => {
  const asked: string[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => {
      const { pathname, origin } = new URL(request.url);
      asked.push(pathname);
      const tarball = `/@oven/bun-${PLATFORM}/-/bun-${PLATFORM}-${pin}.tgz`;
      if (pathname === tarball) return new Response(bytes);
      if (decodeURIComponent(pathname) !== `/@oven/bun-${PLATFORM}`) return new Response("no such package", { status: 404 });
      const integrity = `sha512-${new Bun.CryptoHasher("sha512").update(bytes).digest("base64")}`;
      const version = { name: `@oven/bun-${PLATFORM}`, version: pin, dist: { tarball: `${origin}${tarball}`, integrity } };
      return Response.json({ name: version.name, "dist-tags": { latest: pin }, versions: { [pin]: version } });
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, asked, stop: () => server.stop(true) };
};

/** The registry has to serve this machine's Bun, so these tests are for the platform they pin. */
export const fits = process.platform === "linux" && process.arch === "x64" && existsSync("/proc/cpuinfo") && readFileSync("/proc/cpuinfo", "utf8").includes("avx2");
