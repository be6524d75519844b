// Clients as people have them: the SDK's of today in both eras, its old line of 2025, and the Inspector's command line, each against a whole house.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { dirname, resolve } from "node:path";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as OldTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { z } from "zod";
import { createFixtureHouse, type FixtureHouse } from "../../security/fixture-house.ts";
import { until } from "../../support/until.ts";
import { Called } from "./raw.ts";

const INSPECTOR = resolve(import.meta.dir, "../../../node_modules/@modelcontextprotocol/inspector-cli/build/index.js");
const MARK = { name: "fixture_thing_mark", arguments: { target: "guest/901", nonce: "" } };

let house: FixtureHouse;
let token = "";
beforeAll(async () => {
  house = await createFixtureHouse();
  token = (await house.operator("tokens.new", { name: "client", scope: "operate" })).token;
});
afterAll(() => house.stop());

const url = (): URL => new URL(`${house.url}/mcp`);
const bearing = () => ({ requestInit: { headers: { authorization: `Bearer ${token}` } } });
const marking = (nonce: string) => ({ ...MARK, arguments: { ...MARK.arguments, nonce } });

for (const mode of ["auto", "legacy"] as const)
  test(`the SDK's client (${mode}) lists, reads, calls with a checked output, and hears of a new tool`, async () => {
    const client = new Client({ name: "today", version: "1" }, { versionNegotiation: { mode } });
    await client.connect(new StreamableHTTPClientTransport(url(), bearing()));
    try {
      expect(client.getNegotiatedProtocolVersion() ?? "").toBe(mode === "auto" ? "2026-07-28" : "2025-11-25");
      expect((await client.listTools()).tools.map(({ name }) => name)).toContain("jarvis_kill");
      expect((await client.readResource({ uri: "jarvis://status" })).contents).toHaveLength(1);
      expect((await client.getPrompt({ name: "whats_wrong" })).messages.length).toBeGreaterThan(1);
      expect(Called.parse(await client.callTool(marking(`sdk-${mode}`))).structuredContent?.state).toBe("succeeded");
      expect(house.effects()).toContain(`sdk-${mode}`);
    } finally {
      await client.close();
    }
  });

test("a client of 2025's own line works, and hears that the list of tools is another", async () => {
  const { ToolListChangedNotificationSchema } = await import("@modelcontextprotocol/sdk/types.js");
  const client = new OldClient({ name: "old", version: "1" });
  let changes = 0;
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => {
    changes += 1;
  });
  // The old line's own types do not hold under exactOptionalPropertyTypes.
  await client.connect(z.custom<Parameters<OldClient["connect"]>[0]>().parse(new OldTransport(url(), bearing())));
  try {
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain("fixture_thing_mark");
    expect(Called.parse(await client.callTool(marking("old-line"))).structuredContent?.state).toBe("succeeded");
    const [first] = house.app.registry.list();
    if (first === undefined) throw new Error("the house has no tools");
    await until(
      () => {
        house.app.registry.add({ ...first, name: "fixture_thing_new" })();
        return changes > 0;
      },
      { what: "word of the new tool" },
    );
  } finally {
    await client.close();
  }
});

// The present Inspector (2.x) wants Node 22.19 and brings a native add-on; its last command line of the line before runs under Bun.
test("the Inspector's command line lists and calls a tool", async () => {
  const inspect = async (...words: string[]): Promise<unknown> => {
    const child = Bun.spawn([process.execPath, INSPECTOR, `${house.url}/mcp`, "--transport", "http", "--header", `Authorization: Bearer ${token}`, ...words], {
      // It looks for its own version from where it is run.
      cwd: dirname(INSPECTOR),
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [out, err, code] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
    if (code !== 0) throw new Error(err);
    return JSON.parse(out);
  };
  const { tools } = z.object({ tools: z.array(z.looseObject({ name: z.string() })) }).parse(await inspect("--method", "tools/list"));
  expect(tools.map(({ name }) => name)).toContain("fixture_thing_look");
  const called = await inspect("--method", "tools/call", "--tool-name", "fixture_thing_look", "--tool-arg", "target=guest/901", "--tool-arg", "nonce=inspected");
  expect(Called.parse(called).structuredContent?.state).toBe("succeeded");
  expect(house.looks()).toContain("inspected");
}, 20_000);
