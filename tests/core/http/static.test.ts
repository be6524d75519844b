// The built page: precompressed, cached, inline scripts allowed by hash, no way out of its folder.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { createHouse, type House } from "./support/house.ts";
import { rawHttp, statusOf } from "./support/raw.ts";

const SCRIPT = "\n  start({ x: 1 });\n";
const PAGE = `<!doctype html><script>${SCRIPT}</script><script type="module" src="/_app/immutable/a.js"></script>`;
const CODE = "export const a = 1;".repeat(100);

let house: House;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "jarvis-ui-"));
  const ui = join(folder, "build");
  mkdirSync(join(ui, "_app/immutable"), { recursive: true });
  writeFileSync(join(folder, "secret.txt"), "secret bytes");
  writeFileSync(join(ui, "index.html"), PAGE);
  writeFileSync(join(ui, "_app/immutable/a.js"), CODE);
  writeFileSync(join(ui, "_app/immutable/a.js.br"), brotliCompressSync(CODE));
  writeFileSync(join(ui, "_app/immutable/a.js.gz"), Bun.gzipSync(CODE));
  writeFileSync(join(ui, "robots.txt"), "none");
  symlinkSync(join(folder, "secret.txt"), join(ui, "link.txt"));
  symlinkSync(folder, join(ui, "up"));
  house = await createHouse({ uiFolder: ui });
});
afterAll(async () => {
  await house.close();
  rmSync(folder, { recursive: true, force: true });
});

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${house.url}${path}`, { headers });

describe("the page", () => {
  test("is served to anybody, with its inline scripts allowed by hash and nothing else inline", async () => {
    const response = await get("/");
    expect(await response.text()).toBe(PAGE);
    expect(response.headers.get("cache-control")).toBe("no-cache");
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain(`script-src 'self' 'sha256-${createHash("sha256").update(SCRIPT).digest("base64")}';`);
    expect(policy).toContain(`connect-src 'self' ws://${house.host}`);
    expect(policy.split(";").find((part) => part.includes("script-src"))).not.toContain("unsafe");
  });

  test("a page the browser has already keeps its policy: the 304 carries the same hashes", async () => {
    const first = await get("/");
    const again = await get("/", { "if-none-match": first.headers.get("etag") ?? "" });
    expect(again.status).toBe(304);
    expect(again.headers.get("content-security-policy")).toBe(first.headers.get("content-security-policy"));
  });

  test("files come compressed as asked for, for ever when their name is a hash", async () => {
    for (const [accept, encoding] of [
      ["br, gzip", "br"],
      ["gzip", "gzip"],
      ["br;q=0, gzip", "gzip"],
      ["identity", null],
    ] as const) {
      const response = await get("/_app/immutable/a.js", { "accept-encoding": accept });
      expect([accept, response.headers.get("content-encoding")]).toEqual([accept, encoding]);
      expect(response.headers.get("cache-control")).toContain("immutable");
      expect(response.headers.get("content-type")).toStartWith("text/javascript");
      expect(await response.text()).toBe(CODE);
    }
  });

  test("an unchanged file is 304, a HEAD has no body", async () => {
    const etag = (await get("/robots.txt")).headers.get("etag") ?? "";
    expect((await get("/robots.txt", { "if-none-match": etag })).status).toBe(304);
    const head = await fetch(`${house.url}/robots.txt`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });

  test("any page of the app is index.html for a navigation, and 404 for a script", async () => {
    expect(await (await get("/incidents/42", { accept: "text/html" })).text()).toBe(PAGE);
    expect((await get("/incidents/42", { accept: "*/*" })).status).toBe(404);
    expect((await get("/incidents/42", { accept: "text/html", "sec-fetch-mode": "cors" })).status).toBe(404);
    expect((await get("/missing.js", { accept: "text/html" })).status).toBe(404);
    expect((await get("/api/none", { accept: "text/html" })).status).toBe(401);
  });

  test("no path leads out of the folder", async () => {
    for (const path of [
      "/..%2fsecret.txt",
      "/..%2f..%2fetc/passwd",
      "/%2e%2e%2fsecret.txt",
      "/../secret.txt",
      "/_app/..\\..\\secret.txt",
      "/..%5csecret.txt",
      "/secret.txt%00",
      "/link.txt",
      "/up/secret.txt",
      "//secret.txt",
      "/robots.txt/",
      "/index.html%00.js",
      "/.%2e/secret.txt",
    ]) {
      const answer = await rawHttp(house.port, `GET ${path} HTTP/1.1\r\nHost: ${house.host}\r\nAccept: text/html\r\n\r\n`);
      expect([path, answer.includes("secret bytes"), answer.includes("root:")]).toEqual([path, false, false]);
      expect([path, statusOf(answer)]).toEqual([path, 404]);
    }
  });

  test("that is not built says so", async () => {
    const bare = await createHouse();
    expect(await (await fetch(`${bare.url}/`)).json()).toMatchObject({ code: -32004, message: expect.stringContaining("./jarvis start") });
    await bare.close();
  });
});
