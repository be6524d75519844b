// The Context: only granted capabilities, directly and over messages alike.
import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { JarvisError } from "../../../core/contract/error.ts";
import type { Permissions } from "../../../core/contract/permission.ts";
import { testContext } from "../../support/context.ts";
import { answer, failure, plain } from "./servers.ts";

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

const folder = (): string => {
  const made = realpathSync(mkdtempSync(join(tmpdir(), "jarvis-context-")));
  stops.push(() => rmSync(made, { recursive: true }));
  mkdirSync(join(made, "allowed"));
  mkdirSync(join(made, "allowed-evil"));
  writeFileSync(join(made, "allowed/a.txt"), "hello");
  writeFileSync(join(made, "allowed-evil/b.txt"), "secret");
  return made;
};
const typeOf = async (work: Promise<unknown>): Promise<string | undefined> => {
  const thrown = await failure(work);
  if (thrown !== undefined && !(thrown instanceof JarvisError)) throw thrown;
  return thrown?.type;
};

describe.each([{ way: "directly" }, { way: "over messages" }] as const)("$way", ({ way }) => {
  const context = (grants: Permissions, more: Partial<Parameters<typeof testContext>[0]> = {}) => {
    const built = testContext({ config: { a: 1 }, grants, ...(way === "directly" ? {} : { through: "messages" }), ...more });
    stops.push(built.stop);
    return built;
  };

  test("files are reached only inside what was granted, wherever a link leads", async () => {
    const root = folder();
    symlinkSync(join(root, "allowed-evil/b.txt"), join(root, "allowed/link"));
    symlinkSync(join(root, "allowed-evil"), join(root, "allowed/way"));
    symlinkSync(join(root, "allowed-evil/new.txt"), join(root, "allowed/dangling"));
    symlinkSync("/proc/self", join(root, "allowed/me"));
    const { bare } = context({ read: [join(root, "allowed"), "/proc", "/dev"], write: [join(root, "allowed")] });
    expect(await bare.read(join(root, "allowed/a.txt"))).toBe("hello");
    expect(await bare.list(join(root, "allowed"))).toContain("a.txt");
    await bare.write(join(root, "allowed/c.txt"), "new");
    await bare.write(join(root, "allowed/c.txt"), "n");
    expect(readFileSync(join(root, "allowed/c.txt"), "utf8")).toBe("n");
    const closed = ["allowed-evil/b.txt", "allowed/link", "allowed/way/b.txt", "allowed/../allowed-evil/b.txt", "allowed/me/environ"].map((path) => join(root, path));
    for (const path of [...closed, "/proc/self/environ", "/proc/self/root/etc/passwd", "/proc/1/environ", "/dev/zero", "/etc/passwd"]) {
      expect([path, await typeOf(bare.read(path))]).toEqual([path, "permission"]);
    }
    expect(await typeOf(bare.write(join(root, "allowed/dangling"), "x"))).toBe("permission");
    expect(existsSync(join(root, "allowed-evil/new.txt"))).toBe(false);
    expect(await typeOf(bare.read(join(root, "allowed/none.txt")))).toBe("not_found");
    expect(await typeOf(bare.read(join(root, "allowed")))).toBe("bad_input");
  });

  test("memory: is a folder of the operator's, wherever it lies, and no way out of it", async () => {
    const root = folder();
    const { bare } = context({ read: ["memory:allowed", "memory:../../etc"] }, { memory: root });
    expect(await bare.read("memory:allowed/a.txt")).toBe("hello");
    expect(await bare.list("memory:allowed")).toEqual(["a.txt"]);
    for (const path of ["memory:allowed-evil/b.txt", "memory:allowed/../allowed-evil/b.txt", "memory:../x", "memory:", "/etc/passwd"])
      expect([path, await typeOf(bare.read(path))]).toEqual([path, "permission"]);
    expect(await typeOf(context({ read: ["memory:allowed"] }).bare.read("memory:allowed/a.txt"))).toBe("permission");
  });

  test("a program runs by its exact name, without the core's environment, and is killed in time", async () => {
    const { bare } = context({ run: ["env", "sleep", "cat", "yes"] });
    const ran = await bare.run(["env"]);
    expect([ran.code, ran.stdout.split("\n").filter((line) => !/^(PATH|LANG)=/.test(line))]).toEqual([0, [""]]);
    expect((await bare.run(["cat"], { stdin: "in" })).stdout).toBe("in");
    expect(await typeOf(bare.run(["sleep", "30"], { timeoutMs: 50 }))).toBe("upstream_timeout");
    expect(await typeOf(bare.run(["yes"], { timeoutMs: 5000 }))).toBe("upstream_garbage");
    expect(await typeOf(bare.run(["/usr/bin/env"]))).toBe("permission");
    expect(await typeOf(bare.run(["sh", "-c", "id"]))).toBe("permission");
  });

  test("another plugin's tool is called through the pipeline, as a plugin, for the incident at hand", async () => {
    const { bare, within, calls } = context({ tool: ["proxmox_guest_*"] });
    expect(await bare.call("proxmox_guest_start", { vmid: 1 })).toMatchObject({ state: "succeeded", callId: "call-1" });
    await within({ client: undefined, signal: new AbortController().signal, incident: "inc-1" }, (own) => own.call("proxmox_guest_get", {}));
    expect(calls.map(({ tool, caller, incident }) => [tool, caller.kind, caller.id, incident])).toEqual([
      ["proxmox_guest_start", "plugin", "test", undefined],
      ["proxmox_guest_get", "plugin", "test", "inc-1"],
    ]);
    expect(await typeOf(bare.call("docker_container_stop", {}))).toBe("permission");
    expect(calls).toHaveLength(2);
  });

  test("a runbook's step carries who ran it, only where the tool acts on behalf; a wish for a person is carried always", async () => {
    const { bare, within, calls } = context({ tool: ["proxmox_*"] });
    const asker = { caller: { kind: "script", id: "cron", scope: "operate", tainted: true }, bound: false } as const;
    const signal = new AbortController().signal;
    await within({ client: undefined, signal, asker }, (own) => own.call("proxmox_guest_stop", {}, { runbook: "evening", hold: "look first" }));
    await within({ client: undefined, signal, asker }, (own) => own.call("proxmox_guest_stop", {}));
    expect(calls.map(({ caller, remedy, hold }) => [caller.kind, caller.id, caller.tainted, remedy, hold])).toEqual([
      ["script", "cron", true, "test/evening", "look first"],
      ["plugin", "test", false, undefined, undefined],
    ]);
    expect(await typeOf(bare.call("proxmox_guest_stop", {}, { runbook: "evening" }))).toBe("permission");
  });

  test("one document is kept for a plugin, small and whole", async () => {
    const { bare } = context({});
    expect(await bare.kept()).toBeUndefined();
    await bare.keep({ a: [1, "b"] });
    expect(await bare.kept()).toEqual({ a: [1, "b"] });
    expect(await typeOf(bare.keep("x".repeat(70_000)))).toBe("too_large");
  });

  test("readings of others are seen as far as granted, one's own always", async () => {
    const reading = { value: 1, revision: 1, at: "", stale: false };
    const state = () => ({ "test/own": reading, "docker/containers": reading, "proxmox/guests": reading });
    const { bare } = context({ state: ["docker/*"] }, { state, history: () => ({ "guest/101/cpuPercent": [[1, 2]] }) });
    expect(Object.keys(await bare.state("**"))).toEqual(["test/own", "docker/containers"]);
    expect(Object.keys(await bare.state("test/own"))).toEqual(["test/own"]);
    expect(await typeOf(bare.state("proxmox/guests"))).toBe("permission");
    expect(await bare.history("guest/101/*")).toEqual({ "guest/101/cpuPercent": [[1, 2]] });
    expect(await typeOf(context({}).bare.history("guest/**"))).toBe("permission");
  });

  test("one publishes on one's own declared channels, and what fits their schema", async () => {
    const { bare, published } = context({}, { topics: { events: z.object({ a: z.number() }) } });
    await bare.publish("events", { a: 1 });
    expect(published).toEqual([{ channel: "test/events", data: { a: 1 } }]);
    expect(await typeOf(bare.publish("events", { a: "x" }))).toBe("bug");
    expect(await typeOf(bare.publish("other", {}))).toBe("permission");
    expect(published).toHaveLength(1);
  });

  test("permissions can be asked about; a request is a question to the operator, never a grant", async () => {
    const asked: unknown[] = [];
    const askPermission = async (ask: unknown) => {
      asked.push(ask);
      return "prompt" as const;
    };
    const { bare } = context({ net: ["a.lan"] }, { denials: { net: ["b.lan"] }, askPermission });
    expect(await bare.permissions.query({ name: "net", value: "a.lan:80" })).toBe("granted");
    expect(await bare.permissions.query({ name: "net", value: "b.lan" })).toBe("denied");
    expect(await bare.permissions.query({ name: "net", value: "c.lan" })).toBe("prompt");
    expect(await bare.permissions.request({ name: "net", value: "c.lan", why: "because" })).toBe("prompt");
    expect(await bare.permissions.request({ name: "net", value: "b.lan", why: "because" })).toBe("denied");
    expect(asked).toEqual([{ name: "net", value: "c.lan", why: "because", plugin: "test" }]);
    expect(await typeOf(bare.fetch("http://c.lan/"))).toBe("permission");
  });

  test("a pause is bounded and ends with the call; the log is the plugin's own", async () => {
    const { bare, within, logs } = context({});
    await bare.pause(1);
    expect(await typeOf(bare.pause(60_001))).toBe("bad_input");
    const call = new AbortController();
    const work = failure(within({ client: undefined, signal: call.signal }, (own) => own.pause(60_000)));
    call.abort(new JarvisError("upstream_timeout", { message: "deadline" }));
    expect(await work).toMatchObject({ type: "upstream_timeout" });
    bare.log("words", { a: 1 });
    await bare.pause(1);
    expect(logs).toEqual([{ message: "words", data: { a: 1 } }]);
  });

  test("fetch and streams work, and its own signal tells a plugin of its end", async () => {
    const server = await plain((socket) => void socket.write(answer("200 OK", "body")));
    stops.push(() => server.stop());
    const { bare, within, stop } = context({ net: [`127.0.0.1:${server.port}`] });
    const url = `http://127.0.0.1:${server.port}/`;
    expect(await bare.fetch(url)).toMatchObject({ status: 200, body: "body" });
    const opened = await bare.open(url);
    expect(new TextDecoder().decode((await bare.next(opened.id)).bytes)).toBe("body");
    const aborted = within({ client: 1, signal: new AbortController().signal }, (own) => new Promise((resolve) => own.signal.addEventListener("abort", () => resolve("told"))));
    stop();
    expect(await aborted).toBe("told");
    expect(await typeOf(bare.fetch(url))).toBe("unavailable");
  });

  test("the context is frozen and holds nothing but the contract", () => {
    const { bare } = context({});
    expect(Object.keys(bare).sort()).toEqual(
      [
        "call",
        "cancel",
        "config",
        "fetch",
        "history",
        "incidents",
        "keep",
        "kept",
        "list",
        "log",
        "next",
        "now",
        "open",
        "pause",
        "permissions",
        "publish",
        "read",
        "records",
        "run",
        "send",
        "signal",
        "socket",
        "state",
        "write",
      ].sort(),
    );
    expect(bare.config).toEqual({ a: 1 });
    expect(Object.isFrozen(bare.permissions)).toBe(true);
  });
});
