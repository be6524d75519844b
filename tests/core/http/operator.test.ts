// The operator-only rule as a table: every act by every kind of caller.
import { describe, expect, test } from "bun:test";
import type { Ask } from "../../../core/contract/call.ts";
import type { Who } from "../../../core/http/faces.ts";
import { type Act, actOf, operatorRefusal } from "../../../core/http/operator.ts";

const NOW = Date.parse("2026-01-01T12:00:00Z");
const operator = (id: string) => ({ kind: "operator", id, scope: "admin", tainted: false }) as const;
const session = (minutesAgo: number): Who => ({ caller: operator("dashboard"), via: "socket", session: "s", authenticatedAt: new Date(NOW - minutesAgo * 60_000).toISOString() });
const who = {
  cli: { caller: operator("cli"), via: "control" },
  fresh: session(4),
  old: session(6),
  admin: { caller: operator("token:ops"), via: "rpc", token: "t1" },
  operate: { caller: { kind: "script", id: "cron", scope: "operate", tainted: false }, via: "rpc", token: "t2" },
  read: { caller: { kind: "script", id: "look", scope: "read", tainted: false }, via: "socket", token: "t3" },
  mcp: { caller: { kind: "mcp", id: "claude", scope: "operate", tainted: true }, via: "rpc" },
  model: { caller: { kind: "model", id: "local", scope: "admin", tainted: true }, via: "rpc" },
} as const satisfies Record<string, Who>;

const ask = (caller: Ask["caller"]): Ask => ({ id: "a", tool: "t", arguments: {}, target: null, effect: "destructive", why: "", expiresAt: "", hash: "", callId: "c", caller });
const allowed = (act: Act, caller: Who, open = false, asked?: Ask) => operatorRefusal(act, caller, { open, nowMs: NOW, ask: asked }) === undefined;

describe("operator-only acts", () => {
  test("are these methods and no others", () => {
    expect(actOf("release", {}, "act")).toBe("release");
    expect(actOf("autonomy.set", { mode: "act" }, "propose")).toBe("raise");
    expect(actOf("autonomy.set", { mode: "propose" }, "propose")).toBeUndefined();
    expect(actOf("autonomy.set", { mode: "observe" }, "act")).toBeUndefined();
    expect(actOf("asks.decide", { id: "a", decision: "approve" }, undefined)).toBe("approve");
    expect(actOf("asks.decide", { id: "a", decision: "reject" }, undefined)).toBeUndefined();
    for (const method of ["rules.add", "rules.change", "rules.remove", "rules.order"] as const) expect(actOf(method, {}, undefined)).toBe("policy");
    expect(actOf("rules.list", {}, undefined)).toBeUndefined();
    for (const method of ["tokens.new", "tokens.list", "tokens.revoke", "login.code"] as const) expect(actOf(method, {}, undefined)).toBe("credential");
    for (const method of ["kill", "tools.call", "chat.send", "autonomy.get"] as const) expect(actOf(method, {}, undefined)).toBeUndefined();
  });

  test("are open to the CLI and a fresh session, to admin tokens but for credentials, to nobody else", () => {
    for (const act of ["release", "raise", "approve", "policy", "credential"] as const) {
      const may = Object.entries(who)
        .filter(([, caller]) => allowed(act, caller))
        .map(([name]) => name);
      expect([act, ...may]).toEqual(act === "credential" ? [act, "cli", "fresh"] : [act, "cli", "fresh", "admin"]);
    }
  });

  test("an open server's session is always fresh; a token on it is not", () => {
    expect(allowed("credential", who.old, true)).toBe(true);
    expect(allowed("release", who.operate, true)).toBe(false);
  });

  test("an admin token may not approve a call it made itself; a session may", () => {
    expect(allowed("approve", who.admin, false, ask(who.admin.caller))).toBe(false);
    expect(allowed("approve", who.admin, false, ask(operator("token:other")))).toBe(true);
    expect(allowed("approve", who.fresh, false, ask(who.fresh.caller))).toBe(true);
  });
});
