// A console end to end: a real core, the lab's Proxmox, a dashboard session. Opened, typed into, read, resized, closed; on record without a word of what was typed; refused to whom it is not for; held with everything.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { CONSOLE_PIECE_BYTES, CONSOLE_WINDOW_BYTES } from "../../core/contract/wire.ts";
import type { Client } from "../core/http/support/client.ts";
import { bySocket, byToken, cli, signIn } from "../security/doors.ts";
import { type House, startHouse } from "../support/living-house.ts";
import { atTerminal } from "../support/terminal.ts";
import { until } from "../support/until.ts";

const TOOL = "proxmox_console_open";
const SIZE = { columns: 80, rows: 24 };
const SECRET = "hunter2-of-the-console";

let house: House;
let client: Client;
beforeAll(async () => {
  // A minute of the clock holds thirty acts of a person: these are more, and come faster than any person.
  house = await startHouse({ speed: 25 });
  ({ client } = await session());
  await until(async () => (await house.rpc("status.get")).self.state === "guest", { withinMs: 30_000, what: "Jarvis to know what it runs on" });
  expect((await house.rpc("consoles.list")).consoles).toMatchObject([{ tool: TOOL, kinds: ["guest", "node"] }]);
}, 90_000);
afterAll(async () => house?.stop());

const session = async () => {
  const { session: signed, text } = await signIn(house.url, undefined);
  if (!signed) throw new Error(text);
  return bySocket(house.url, signed);
};

const Opened = z.object({ result: z.looseObject({ console: z.string().optional(), callId: z.string(), state: z.string(), text: z.string(), rule: z.string().optional() }) });
const ask = async (resource: string, by: Client = client) => Opened.parse(await by.request("console.open", { tool: TOOL, resource, ...SIZE })).result;
const open = async (resource: string, by: Client = client) => {
  const answer = await ask(resource, by);
  if (answer.console === undefined) throw new Error(answer.text);
  return { id: answer.console, callId: answer.callId, text: answer.text };
};

const Data = z.object({ console: z.string(), data: z.string() });
const Closed = z.object({ console: z.string(), why: z.string() });
const shown = (id: string, by: Client = client): string => {
  const pieces = by.notes("console.data").flatMap(({ params }) => {
    const piece = Data.parse(params);
    return piece.console === id ? [Buffer.from(piece.data, "base64")] : [];
  });
  return Buffer.concat(pieces).toString("utf8");
};
const closedOf = (id: string, by: Client = client): string | undefined =>
  by
    .notes("console.closed")
    .map(({ params }) => Closed.parse(params))
    .find((end) => end.console === id)?.why;
const type = (id: string, text: string, by: Client = client) => by.request("console.write", { console: id, text });
const endOf = (callId: string) => until(async () => (await house.rpc("calls.get", { callId })).call.console, { what: "the end on record" });

describe("a container's console", () => {
  test("opens, shows its prompt, runs what is typed, takes another size, and closes", async () => {
    const { id, callId, text } = await open("guest/102");
    expect(text).toContain("Console of CT 102 (postgres) on pve");
    await until(() => shown(id).includes("root@postgres:~# "), { what: "the prompt" });
    await type(id, `echo ${SECRET}\r`);
    await until(() => shown(id).includes(`\r\n${SECRET}\r\n`), { what: "the answer" });
    expect((await client.request("console.write", { console: id, size: { columns: 132, rows: 50 } })).error).toBeUndefined();
    expect((await client.request("console.close", { console: id })).result).toEqual({ closed: true });
    expect(await until(() => closedOf(id), { what: "the close" })).toBe("It was closed on the screen.");
    const { call } = await house.rpc("calls.get", { callId });
    expect(call).toMatchObject({ tool: TOOL, state: "succeeded", effect: "disruptive", target: "console/guest/102", caller: { kind: "operator", id: "dashboard" } });
    const end = await endOf(callId);
    expect(end).toMatchObject({ why: "It was closed on the screen.", typedBytes: `echo ${SECRET}\r`.length });
    expect(end.shownBytes).toBeGreaterThan(30);
    expect(Date.parse(end.endedAt)).toBeGreaterThan(Date.parse(call.createdAt));
    expect((await client.request("console.write", { console: id, text: "x" })).error?.data.type).toBe("not_found");
  });

  test("leaves not a word of what was typed or shown in the journal, the state or the log", () => {
    const files = ["journal.db", "journal.db-wal", "jarvis.db", "jarvis.db-wal"].map((name) => join(house.data, name));
    const held = [...files, join(house.folder, "core.err")].filter((path) => {
      try {
        return readFileSync(path).includes(SECRET);
      } catch {
        return false;
      }
    });
    expect(held).toEqual([]);
  });

  test("ends when the shell does, and the task on the node ends well", async () => {
    const { id, callId } = await open("guest/102");
    await until(() => shown(id).includes("# "), { what: "the prompt" });
    await type(id, "exit\r");
    expect(await until(() => closedOf(id), { what: "the close" })).toBe("The shell has ended.");
    expect((await endOf(callId)).why).toBe("The shell has ended.");
  });

  test("ends with the socket that opened it, and no other socket can read, write or close it", async () => {
    const [mine, other] = [await session(), await session()];
    const { id, callId } = await open("guest/102", mine.client);
    for (const [method, params] of [
      ["console.write", { console: id, text: "id\r" }],
      ["console.close", { console: id }],
    ] as const) {
      const answer = await other.client.request(method, params);
      expect(answer.error?.data.type ?? answer.result).toEqual("not_found");
    }
    await until(() => shown(id, mine.client).includes("# "), { what: "the prompt" });
    expect(other.client.notes("console.data")).toEqual([]);
    mine.client.close();
    expect((await endOf(callId)).why).toContain("has gone");
    other.client.close();
  });

  test("a flood of output waits at its source while nobody takes it, and goes on when they do", async () => {
    const { id } = await open("guest/102");
    await until(() => shown(id).includes("# "), { what: "the prompt" });
    await client.request("console.write", { console: id, tookBytes: shown(id).length });
    await type(id, "yes\r");
    await until(() => shown(id).length >= CONSOLE_WINDOW_BYTES, { what: "a full window" });
    const before = shown(id).length;
    await client.request("time.sync");
    await client.request("state.get", { path: "guest/102" });
    expect(shown(id).length).toBeLessThanOrEqual(CONSOLE_WINDOW_BYTES + CONSOLE_PIECE_BYTES + 200);
    expect(shown(id).length - before).toBeLessThanOrEqual(CONSOLE_PIECE_BYTES);
    await client.request("console.write", { console: id, tookBytes: before });
    await until(() => shown(id).length >= before + CONSOLE_WINDOW_BYTES / 2, { what: "the next window" });
    expect((await client.request("console.close", { console: id })).result).toEqual({ closed: true });
  });
});

describe("at the command line, on a real terminal", () => {
  test("opens, runs what is typed, takes another size, is left with Ctrl-], and is on record as the owner's without a word of it", async () => {
    const at = atTerminal(house.folder, "console postgres");
    await at.sees("Console of CT 102 (postgres) on pve. Ctrl-] leaves it");
    await at.sees("root@postgres:~# ");
    at.terminal.write(`echo ${SECRET}\r`);
    await at.sees(`\r\n${SECRET}\r\n`);
    at.terminal.resize(132, 50);
    at.terminal.write("\x1d");
    const { code, restored } = await at.ends();
    expect({ code, restored }).toEqual({ code: "0", restored: true });
    const { calls } = await house.rpc("journal.list", { limit: 50 });
    const call = calls.findLast(({ tool, caller }) => tool === TOOL && caller.id === "cli");
    expect(call).toMatchObject({ state: "succeeded", target: "console/guest/102", caller: { kind: "operator", id: "cli" } });
    expect(await endOf(call?.callId ?? "")).toMatchObject({ why: "It was closed on the screen.", typedBytes: `echo ${SECRET}\r`.length });
  }, 30_000);

  test("ends with 0 when the shell does, and with 2 where policy says no", async () => {
    const at = atTerminal(house.folder, "console guest/102");
    await at.sees("root@postgres:~# ");
    at.terminal.write("exit\r");
    expect(await at.ends()).toMatchObject({ code: "0", restored: true, shown: expect.stringContaining("is closed: The shell has ended.") });
    expect(await atTerminal(house.folder, "console guest/100", { cols: 200, rows: 40 }).ends()).toMatchObject({
      code: "2",
      restored: true,
      shown: expect.stringContaining("rule: self"),
    });
  }, 30_000);
});

describe("what cannot be opened says why and what to do", () => {
  test("a VM without a serial port", async () => {
    const answer = await ask("guest/101");
    expect(answer).toMatchObject({ state: "failed" });
    expect(answer.text).toContain("needs a serial port for that: `qm set 101 --serial0 socket`");
  });
  test("a guest that is off", async () => expect((await ask("guest/107")).text).toContain("win-lab is stopped: start it first"));
  test("a node whose shell the token may not have", async () => expect((await ask("node/pve")).text).toContain("It needs Sys.Console on /nodes/pve"));
  test("the guest that carries Jarvis, a template, and what is not there", async () => {
    expect((await ask("guest/100")).rule).toBe("self");
    expect((await ask("guest/900")).state).not.toBe("succeeded");
    expect(await ask("guest/4711")).toMatchObject({ state: "refused", rule: "not_found" });
  });
});

describe("what was missing, put right as the refusal says", () => {
  const root = (method: string, path: string, params: Record<string, string | boolean>) => house.lab.post("/as", { user: "root@pam", method, path, params });
  /** The commands of a refusal, said by root over the API. */
  const say = async (words: string): Promise<void> => {
    const [, commands = ""] = /as root on a node: (.+)$/.exec(words) ?? [];
    for (const command of commands.split(" ; ")) {
      const [, name, privs] = /^pveum role modify (\S+) --append 1 --privs (\S+)$/.exec(command) ?? [];
      const [, path, kind, subject, roles] = /^pveum acl modify (\S+) --(users|tokens) '?([^' ]+)'? --roles (\S+)$/.exec(command) ?? [];
      if (name && privs) await root("PUT", `/access/roles/${name}`, { privs, append: true });
      else if (path && kind && subject && roles) await root("PUT", "/access/acl", { path, [kind]: subject, roles });
      else throw new Error(`no such command: ${command}`);
    }
  };

  test("a node's shell opens once Sys.Console is granted, by its name in any spelling", async () => {
    await say((await ask("node/pve")).text);
    const { id, text } = await open("node/pve");
    expect(text).toContain("Login of node pve");
    await until(() => shown(id).includes("root@pve:~# "), { what: "the prompt" });
    await type(id, "hostname\r");
    await until(() => shown(id).includes("hostname\r\npve\r\n"), { what: "the answer" });
    await client.request("console.close", { console: id });
    const home = await open("node/home");
    await until(() => shown(home.id).includes("root@Home:~# "), { what: "the prompt of a node behind another endpoint" });
    await client.request("console.close", { console: home.id });
  });

  test("a VM's serial line opens once it has one; while it is open the guest may still be acted upon", async () => {
    await root("PUT", "/nodes/pve/qemu/101/config", { serial0: "socket" });
    expect((await ask("guest/101")).text).toContain("nextcloud has serial0 set, but runs without it yet: shut it down and start it again");
    await root("POST", "/nodes/pve/qemu/101/status/stop", {});
    await until(async () => (await ask("guest/101")).text.includes("is stopped: start it first"), { what: "the stop" });
    await root("POST", "/nodes/pve/qemu/101/status/start", {});
    const { id, text } = await until(() => open("guest/101").catch(() => undefined), { what: "the start" });
    expect(text).toContain("Serial console of VM 101 (nextcloud) on pve");
    await until(() => shown(id).includes("root@nextcloud:~# "), { what: "the prompt" });
    expect(await house.rpc("tools.call", { name: "proxmox_guest_reboot", arguments: { vmid: 101 }, dryRun: true })).toMatchObject({ state: "succeeded", rule: "dry_run" });
    await client.request("console.close", { console: id });
  }, 30_000);
});

describe("who may not", () => {
  test("a token, whatever its scope, is refused on record; over rpc and as a plain tool there is none", async () => {
    const admin = await cli(house.folder, ["token", "new", "adm", "--scope", "admin", "--json"]);
    const { token } = z.object({ token: z.string() }).parse(JSON.parse(admin.out));
    const { client: by } = await bySocket(house.url, { token });
    const answer = await ask("guest/102", by);
    expect(answer).toMatchObject({ state: "refused", rule: "attended" });
    expect((await house.rpc("calls.get", { callId: answer.callId })).call).toMatchObject({ state: "refused", caller: { id: "token:adm" } });
    by.close();
    expect((await byToken(house.url, token)("console.open", { tool: TOOL, resource: "guest/102", ...SIZE })).error?.data?.type).toBe("method_not_found");
    expect(await house.rpc("tools.call", { name: TOOL, arguments: { resource: "guest/102", ...SIZE } })).toMatchObject({ state: "refused", rule: "attended" });
    expect((await house.rpc("tools.list")).tools.some(({ name }) => name === TOOL)).toBe(false);
  });

  test("a reading token hears that its scope does not reach", async () => {
    const read = await cli(house.folder, ["token", "new", "eyes", "--scope", "read", "--json"]);
    const { client: by } = await bySocket(house.url, { token: z.object({ token: z.string() }).parse(JSON.parse(read.out)).token });
    expect((await by.request("console.open", { tool: TOOL, resource: "guest/102", ...SIZE })).error?.data.type).toBe("scope");
    by.close();
  });

  test("in observe nobody; more than four on one page neither", async () => {
    await house.rpc("autonomy.set", { mode: "observe" });
    expect((await ask("guest/102")).rule).toBe("observe");
    await house.rpc("autonomy.set", { mode: "act" });
    const opened = [];
    for (const guest of [102, 103, 105, 102]) opened.push(await open(`guest/${guest}`));
    const fifth = await client.request("console.open", { tool: TOOL, resource: "guest/103", ...SIZE });
    expect(fifth.error?.data.type).toBe("rate");
    for (const { id } of opened) await client.request("console.close", { console: id });
  });
});

test("holding all closes every console, and none is opened until it is released", async () => {
  const { id, callId } = await open("guest/102");
  await until(() => shown(id).includes("# "), { what: "the prompt" });
  await house.rpc("kill", { level: "all" });
  await until(() => closedOf(id), { what: "the close" });
  expect((await endOf(callId)).why).toContain("kill switch");
  expect((await ask("guest/102")).rule).toBe("killed");
  await house.rpc("release");
  const again = await open("guest/102");
  await client.request("console.close", { console: again.id });
});

test("stopping Jarvis closes what is open and writes its end down", async () => {
  const { id, callId } = await open("guest/102");
  await until(() => shown(id).includes("# "), { what: "the prompt" });
  expect(await house.stopCore()).toBe(0);
  await house.startCore();
  expect((await house.rpc("calls.get", { callId })).call.console?.why).toMatch(/Jarvis was stopped|has gone/);
}, 60_000);
