// ./jarvis mcp: MCP over stdin and stdout, in both eras, to a core in this process; it is a model's caller however it was started, and a core that was started again is found again.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as OldTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { z } from "zod";
import { messageOf } from "../../core/cli/mcp/message.ts";
import { Called } from "../core/mcp/raw.ts";
import { createFixtureHouse, type FixtureHouse } from "../security/fixture-house.ts";
import { until } from "../support/until.ts";

const main = resolve(import.meta.dir, "../../core/cli/main.ts");
let house: FixtureHouse;
beforeAll(async () => {
  house = await createFixtureHouse();
});
afterAll(() => house.stop());

const started = () => ({ command: process.execPath, args: [main, "mcp"], env: { PATH: process.env.PATH ?? "", HOME: tmpdir(), JARVIS_DATA: house.data }, stderr: "pipe" as const });
const call = (verb: string, nonce: string) => ({ name: `fixture_thing_${verb}`, arguments: { target: "guest/901", nonce } });

test("a client of today lists, calls and is told of changes; what it may is no more than an operate token", async () => {
  const client = new Client({ name: "today", version: "1" }, { versionNegotiation: { mode: "auto" } });
  await client.connect(new StdioClientTransport(started()));
  try {
    expect(client.getNegotiatedProtocolVersion() ?? "").toBe("2026-07-28");
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain("jarvis_kill");
    const progress: string[] = [];
    const marked = await client.callTool(call("mark", "stdio-mark"), { onprogress: ({ message }) => progress.push(message ?? "") });
    expect([Called.parse(marked).structuredContent?.state, progress.length > 0]).toEqual(["succeeded", true]);
    expect(Called.parse(await client.callTool(call("wipe", "stdio-wipe"))).structuredContent?.state).toBe("refused");
    expect(house.effects()).not.toContain("stdio-wipe");
    const { calls } = await house.operator("journal.list", { effects: "all", limit: 50 });
    expect(calls.find((one) => JSON.stringify(one.arguments).includes("stdio-mark"))?.caller).toMatchObject({ kind: "mcp", id: "cli", scope: "operate" });
    let changed = 0;
    client.setNotificationHandler("notifications/tools/list_changed", () => {
      changed += 1;
    });
    const following = await client.listen({ toolsListChanged: true });
    const [first] = house.app.registry.list();
    if (first === undefined) throw new Error("the house has no tools");
    await until(
      () => {
        house.app.registry.add({ ...first, name: "fixture_thing_new" })();
        return changed > 0;
      },
      { what: "word of the new tool" },
    );
    await following.close();
  } finally {
    await client.close();
  }
}, 20_000);

test("a client of 2025 works, and its session is opened anew by itself when Jarvis closed it", async () => {
  const client = new OldClient({ name: "old", version: "1" });
  await client.connect(z.custom<Parameters<OldClient["connect"]>[0]>().parse(new OldTransport(started())));
  try {
    expect(Called.parse(await client.callTool(call("look", "stdio-old"))).structuredContent?.state).toBe("succeeded");
    await house.operator("kill", { level: "all" });
    await expect(client.listTools()).rejects.toThrow("until the operator releases it");
    await house.operator("release");
    expect((await client.listTools()).tools.length).toBeGreaterThan(3);
  } finally {
    await client.close();
  }
}, 20_000);

test("a line that is no message is told, and the end of the pipe ends it well", async () => {
  const child = Bun.spawn([process.execPath, main, "mcp"], { env: started().env, stdin: "pipe", stdout: "pipe", stderr: "pipe" });
  child.stdin.write('nonsense\n{"jsonrpc":"2.0","id":7,"method":"tools/list"}\n');
  await child.stdin.end();
  const [out, code] = [await new Response(child.stdout).text(), await child.exited];
  const answers = out
    .trim()
    .split("\n")
    .map((line) => z.looseObject({ id: z.unknown(), error: z.looseObject({ code: z.number() }) }).parse(JSON.parse(line)));
  expect(answers.map(({ id, error }) => [id, error.code])).toEqual([
    [null, -32700],
    [7, -32600],
  ]);
  expect(code).toBe(0);
});

test("with no Jarvis there it ends with 69 and says so", async () => {
  const nowhere = mkdtempSync(join(tmpdir(), "jarvis-none-"));
  const child = Bun.spawn([process.execPath, main, "mcp"], { env: { ...started().env, JARVIS_DATA: nowhere }, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [err, code] = [await new Response(child.stderr).text(), await child.exited];
  rmSync(nowhere, { recursive: true });
  expect([code, err]).toEqual([69, expect.stringContaining("no Jarvis is running")]);
});

test("a message travels with the headers of its revision, and a name that is no plain text is wrapped", () => {
  const meta = { _meta: { "io.modelcontextprotocol/protocolVersion": "2026-07-28" } };
  const headersOf = (params: object) => messageOf(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "prompts/get", params: { ...params, ...meta } }))?.headers;
  expect(headersOf({ name: "week" })).toEqual({ "mcp-protocol-version": "2026-07-28", "mcp-method": "prompts/get", "mcp-name": "week" });
  expect(headersOf({ name: "wöche" })?.["mcp-name"]).toBe(`=?base64?${Buffer.from("wöche").toString("base64")}?=`);
  expect(messageOf('{"jsonrpc":"2.0","id":1,"method":"ping"}')?.headers).toEqual({});
});
