// The protocol's own conformance suites against core/mcp behind the real edge: the stable one whole, and of the pinned alpha what revisions 2025-11-25 and 2026-07-28 require.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { startConformanceServer } from "./conformance/server.ts";

const modules = resolve(import.meta.dir, "../../../node_modules");
const STABLE = join(modules, "@modelcontextprotocol/conformance/dist/index.js");
const ALPHA = join(modules, "mcp-conformance-next");
const EXPECTED = join(import.meta.dir, "conformance/expected.yaml");
const MOST_MS = 60_000;

let server: Awaited<ReturnType<typeof startConformanceServer>>;
const folder = mkdtempSync(join(tmpdir(), "jarvis-mcp-"));
beforeAll(async () => {
  server = await startConformanceServer();
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const run = async (script: string, words: readonly string[]): Promise<{ code: number; out: string }> => {
  const child = Bun.spawn([process.execPath, script, "server", "--url", server.url, ...words], { cwd: folder, stdout: "pipe", stderr: "pipe", stdin: "ignore" });
  const [out, err, code] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
  return { code, out: `${out}\n${err}` };
};

test(
  "the stable suite passes whole",
  async () => {
    const { code, out } = await run(STABLE, []);
    expect(out).toMatch(/Total: \d+ passed, 0 failed/);
    expect(code).toBe(0);
  },
  MOST_MS,
);

test(
  "all that revision 2025-11-25 requires passes",
  async () => {
    const { code, out } = await run(join(ALPHA, "dist/index.js"), ["--requirements", "2025-11-25"]);
    expect(out).toMatch(/Total: \d+ passed, 0 failed/);
    expect(code).toBe(0);
  },
  MOST_MS,
);

test(
  "all that revision 2026-07-28 requires passes, and what does not is named with its reason",
  async () => {
    const { code, out } = await run(join(ALPHA, "dist/index.js"), ["--requirements", "2026-07-28", "--expected-failures", EXPECTED]);
    expect(out).toContain("all failures are expected");
    expect(code).toBe(0);
  },
  MOST_MS,
);

test("nothing that the revision requires is expected to fail", () => {
  const { server: expected } = z.object({ server: z.array(z.string()) }).parse(parse(readFileSync(EXPECTED, "utf8")));
  const required = z.object({ server: z.array(z.string()) }).parse(parse(readFileSync(join(ALPHA, "requirements/2026-07-28.yaml"), "utf8"))).server;
  expect(required.length).toBeGreaterThan(30);
  expect(expected.filter((scenario) => required.includes(scenario))).toEqual([]);
});
