// The operator's rules over a running core: said in the chat or sent to a door, they hold for every caller at once; nobody but the operator makes or takes back one.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { bySession, bySocket, byToken, cli, type Reply, type Rpc, signIn } from "./doors.ts";
import { ADMIN, createFixtureHouse, type FixtureHouse } from "./fixture-house.ts";

let house: FixtureHouse;
let session: Rpc;
let tokens: Record<"operate" | "read", Rpc>;
beforeAll(async () => {
  house = await createFixtureHouse({ rate: 40 });
  const signed = (await signIn(house.url, house.code)).session;
  if (!signed) throw new Error("nobody could sign in");
  session = bySession(house.url, signed);
  const token = async (scope: "operate" | "read") => byToken(house.url, (await house.operator("tokens.new", { name: `rules ${scope}`, scope })).token);
  tokens = { operate: await token("operate"), read: await token("read") };
});
afterAll(async () => house.stop());

const typeOf = ({ error }: Reply): string | undefined => error?.data?.type;
const say = async (door: Rpc, text: string): Promise<string> => JSON.stringify((await door("chat.send", { text })).result);
const mark = (nonce: string) => ({ name: "fixture_thing_mark", arguments: { target: "guest/905", nonce } });

describe("a veto in the chat", () => {
  test("holds at once for everybody, is named by what it refuses, and ends when it is forgotten", async () => {
    expect(await say(session, "do not touch guest-905")).toContain("Rule 1 holds from now on");
    const admin = await bySocket(house.url, { token: ADMIN });
    for (const door of [session, tokens.operate, admin.rpc]) {
      const { result } = await door("tools.call", mark("vetoed"));
      expect(result).toMatchObject({ state: "refused", rule: "rule_deny", text: expect.stringMatching(/Rule 1 \(chat \d{4}-\d\d-\d\d\) refuses .*do not touch guest-905/) });
    }
    admin.client.close();
    expect(await say(session, "what are my rules")).toContain("Rule 1 (chat");
    expect((await house.operator("feed.list")).entries.map(({ words }) => words).join()).toContain("Rule 1 was added");
    expect(await say(session, "forget rule 1")).toContain("Rule 1 is gone");
    expect((await tokens.operate("tools.call", mark("allowed"))).result).toMatchObject({ state: "succeeded" });
    expect(house.effects()).toEqual(["allowed"]);
  });

  test("by a token's words makes nothing and takes nothing back", async () => {
    const { rule } = await house.operator("rules.add", { action: "ask", target: "guest/904", effect: "reversible" });
    for (const door of Object.values(tokens)) {
      expect(await say(door, "never touch guest-905")).toContain("Only the operator");
      expect(await say(door, `forget rule ${rule.id}`)).toContain("Only the operator");
    }
    expect((await house.operator("rules.list")).rules.map(({ id }) => id)).toEqual([rule.id]);
    await house.operator("rules.remove", { id: rule.id });
  });
});

describe("a rule about what is not there", () => {
  test("is refused at every door with the nearest name, and kept when that is said expressly", async () => {
    for (const [rule, words] of [
      [{ action: "deny", tool: "fixture_thing_mrak" }, "There is no tool named fixture_thing_mrak. Did you mean fixture_thing_mark?"],
      [{ action: "propose", caller: "runbook:mark-ti, remedy:mark-ti" }, "There is no runbook or remedy named mark-ti. Did you mean mark-it?"],
    ] as const) {
      const { error } = await session("rules.add", rule);
      expect([error?.data?.type, error?.message]).toEqual([
        "bad_input",
        `${words} No rule was made. For a plugin that is not up yet say so expressly: \`anyway: true\`, or --anyway.`,
      ]);
    }
    expect(await say(session, "autonomy propose for the runbook mark-ti")).toContain("Did you mean mark-it?");
    expect((await house.operator("rules.list")).rules).toEqual([]);
    const typed = await cli(house.data, ["autonomy", "propose", "--runbook", "mark-ti"]);
    expect([typed.code, typed.err]).toEqual([64, expect.stringContaining("Did you mean mark-it?")]);
    for (const words of [
      ["autonomy", "propose", "--runbook", "mark-it"],
      ["rules", "add", "deny", "--tool", "soon_thing_do", "--anyway"],
    ])
      expect((await cli(house.data, words)).code).toBe(0);
    const { rules } = await house.operator("rules.list");
    expect(rules.map(({ action, remark }) => [action, remark])).toEqual([
      ["propose", undefined],
      ["deny", "It never decides: there is no tool named soon_thing_do."],
    ]);
    for (const { id } of rules) expect((await cli(house.data, ["rules", "remove", id])).code).toBe(0);
    expect((await house.operator("rules.list")).rules).toEqual([]);
  }, 30_000);
});

describe("at the doors", () => {
  test("the operator adds, changes, orders and removes; tokens read at most", async () => {
    const add = async (target: string) => (await house.operator("rules.add", { action: "deny", target, effect: "reversible", when: "night" })).rule.id;
    const [first = "", second = ""] = [await add("guest/901"), await add("guest/902")];
    await house.operator("rules.order", { ids: [second, first] });
    await house.operator("rules.change", { id: first, rule: { action: "ask", target: "guest/901" } });
    expect((await house.operator("rules.list")).rules).toMatchObject([{ id: second }, { id: first, action: "ask", origin: expect.stringMatching(/^cli \d{4}/) }]);
    for (const door of Object.values(tokens)) {
      expect(typeOf(await door("rules.add", { action: "deny" }))).toBe("operator_only");
      expect(typeOf(await door("rules.change", { id: first, rule: { action: "allow" } }))).toBe("operator_only");
      expect(typeOf(await door("rules.remove", { id: first }))).toBe("operator_only");
      expect(typeOf(await door("rules.order", { ids: [first, second] }))).toBe("operator_only");
      expect((await door("rules.list")).error).toBeUndefined();
    }
    expect(typeOf(await session("rules.add", { action: "deny", target: "905" }))).toBe("bad_input");
    for (const id of [first, second]) await house.operator("rules.remove", { id });
    expect((await house.operator("rules.list")).rules).toEqual([]);
  });
});
