// A login: its ticket, its renewal, its second factor, and that nothing of ours ever locks an account.
import { describe, expect, test } from "bun:test";
import { z } from "zod";
import { codeOf, stepOf } from "../../../../plugins/proxmox/client/totp.ts";
import { fakeApi } from "../fake-api.ts";
import { failure } from "./failure.ts";

const MINUTE = 60_000;
const Any = z.unknown();
const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const UPID = "UPID:pve:00004686:0005B477:6A4A8EEF:qmstart:101:root@pam:";
const LOGIN = { token: undefined, actToken: undefined, user: "root@pam", password: "pass & word" };

/** A server that gives tickets T1, T2 ... and takes those in `good`. */
const ticketServer = (more: { challenge?: (code: string, atMs: number) => Promise<boolean> | boolean; config?: Record<string, unknown> } = {}) => {
  const state = { aheadMs: 0, password: "pass & word", good: new Set<string>(), given: 0, logins: [] as string[], csrf: [] as (string | undefined)[] };
  const grant = () => {
    state.given += 1;
    const ticket = `T${state.given}`;
    state.good.add(ticket);
    return { body: { data: { username: "root@pam", ticket, CSRFPreventionToken: `C${state.given}` } } };
  };
  const refused = { status: 401, statusText: "authentication failure", body: { data: null, message: "authentication failure\n" } };
  const api = fakeApi(
    (asked) => {
      if (asked.path === "/access/ticket") {
        const form = new URLSearchParams(asked.body);
        const given = form.get("password") ?? "";
        state.logins.push(given);
        if (form.has("tfa-challenge")) return codes.has(given) ? grant() : refused;
        if (state.good.has(given)) return grant();
        if (given !== state.password) return refused;
        return more.challenge ? { body: { data: { username: "root@pam", ticket: "PVE:!tfa!", NeedTFA: 1 } }, date: api.ctx.now() + state.aheadMs } : grant();
      }
      const ticket = decodeURIComponent(/PVEAuthCookie=(.*)/.exec(asked.headers.cookie ?? "")?.[1] ?? "");
      if (!state.good.has(ticket)) return { status: 401, statusText: "No ticket", raw: "" };
      if (asked.method !== "GET") state.csrf.push(asked.headers.csrfpreventiontoken);
      return { body: { data: asked.method === "GET" ? 1 : UPID } };
    },
    { ...LOGIN, ...more.config },
  );
  const codes = new Set<string>();
  return { ...api, state, codes };
};

describe("a ticket", () => {
  test("is bought once, carried as a cookie, and writes carry its CSRF token", async () => {
    const { ctx, client, state, asked } = ticketServer();
    await Promise.all([client.get(ctx, "/version", Any), client.get(ctx, "/cluster/status", Any)]);
    expect(await client.post(ctx, "/nodes/pve/qemu/101/status/start")).toBe(UPID);
    expect(state.logins).toEqual(["pass & word"]);
    expect(state.csrf).toEqual(["C1"]);
    expect(asked.every((one) => one.headers.authorization === undefined)).toBe(true);
    // A person may sign in by the same name, so nothing done under it is taken for ours.
    expect(client.identity).toEqual({ read: "root@pam", act: "root@pam", own: [] });
  });

  test("is renewed with itself before two hours are over", async () => {
    const { ctx, client, state, forward } = ticketServer();
    for (let hour = 0; hour < 5; hour += 1) {
      await client.get(ctx, "/version", Any);
      forward(61 * MINUTE);
    }
    expect(state.logins).toEqual(["pass & word", "T1", "T2", "T3", "T4"]);
  });

  test("after a long silence is bought anew with the password", async () => {
    const { ctx, client, state, forward } = ticketServer();
    await client.get(ctx, "/version", Any);
    forward(8 * 60 * MINUTE);
    await client.get(ctx, "/version", Any);
    expect(state.logins).toEqual(["pass & word", "pass & word"]);
  });

  test("that is refused in the middle is replaced once, and the call said again, an act too", async () => {
    const { ctx, client, state } = ticketServer();
    await client.get(ctx, "/version", Any);
    state.good.clear();
    expect(await client.post(ctx, "/x")).toBe(UPID);
    expect(state.logins).toHaveLength(2);
  });

  test("that is refused although it is new is no reason for a storm of logins", async () => {
    const { ctx, client, state } = ticketServer();
    Object.assign(state.good, { has: () => false });
    for (let again = 0; again < 20; again += 1) expect((await failure(client.get(ctx, "/version", Any))).type).toBe("upstream_auth");
    expect(state.logins).toHaveLength(1);
  });
});

describe("a wrong password", () => {
  test("is tried again after 10, 20 and 60 minutes only, and told as what it is", async () => {
    const { ctx, client, state, forward } = ticketServer({ config: { password: "stale" } });
    const error = await failure(client.get(ctx, "/version", Any));
    expect([error.type, error.message]).toEqual([
      "upstream_auth",
      "Proxmox refused the login of root@pam (authentication failure). Correct user, password or realm in plugins.proxmox. I try again in 10 minutes, or at once when the configuration changes.",
    ]);
    const triesIn = async (minutes: number): Promise<number> => {
      const before = state.logins.length;
      for (let minute = 0; minute < minutes; minute += 1) {
        forward(MINUTE);
        await failure(client.get(ctx, "/version", Any));
      }
      return state.logins.length - before;
    };
    expect([await triesIn(9), await triesIn(2), await triesIn(18), await triesIn(2), await triesIn(58), await triesIn(3)]).toEqual([0, 1, 0, 1, 0, 1]);
    expect(error.message).not.toContain("stale");
  });

  test("that becomes right again works by itself at the next try", async () => {
    const { ctx, client, state, forward } = ticketServer({ config: { password: "new" } });
    await failure(client.get(ctx, "/version", Any));
    state.password = "new";
    forward(11 * MINUTE);
    expect(await client.get(ctx, "/version", Any)).toBe(1);
  });

  test("of an act is definitively nothing done", async () => {
    const { ctx, client, asked } = ticketServer({ config: { password: "stale" } });
    expect((await failure(client.post(ctx, "/x"))).details.data?.sent).toBe(false);
    expect(asked.map((one) => one.path)).toEqual(["/access/ticket"]);
  });
});

describe("a second factor", () => {
  test("is answered with the code of now", async () => {
    const { ctx, client, codes, state } = ticketServer({ challenge: () => true, config: { totp: SECRET } });
    codes.add(`totp:${await codeOf(SECRET, stepOf(ctx.now()))}`);
    expect(await client.get(ctx, "/version", Any)).toBe(1);
    expect(state.logins).toHaveLength(2);
  });

  test("goes by the server's clock, not by ours", async () => {
    const { ctx, client, codes, state } = ticketServer({ challenge: () => true, config: { totp: SECRET } });
    state.aheadMs = 7 * MINUTE;
    codes.add(`totp:${await codeOf(SECRET, stepOf(ctx.now() + state.aheadMs))}`);
    expect(await client.get(ctx, "/version", Any)).toBe(1);
  });

  test("that is not configured is said, with what to set", async () => {
    const { ctx, client } = ticketServer({ challenge: () => true });
    expect((await failure(client.get(ctx, "/version", Any))).message).toContain("set plugins.proxmox.totp");
  });

  test("gets at most three wrong codes, and never one twice", async () => {
    const { ctx, client, state, forward } = ticketServer({ challenge: () => true, config: { totp: SECRET } });
    for (let hour = 0; hour < 40; hour += 1) {
      await failure(client.get(ctx, "/version", Any));
      forward(61 * MINUTE);
    }
    const codes = state.logins.filter((given) => given.startsWith("totp:"));
    expect([codes.length, new Set(codes).size]).toEqual([3, 3]);
  });
});

test("a realm beside the user is part of it", async () => {
  const { ctx, client, asked } = ticketServer({ config: { user: "olli", realm: "pve" } });
  await client.get(ctx, "/version", Any);
  expect(new URLSearchParams(asked[0]?.body).get("username")).toBe("olli@pve");
});
