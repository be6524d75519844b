// The chat over the real processes, by rules alone: things and tools it never saw are speakable, it asks when unsure, denials and questions start nothing, and it tells who stopped what.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { type Client, connect } from "../core/http/support/client.ts";
import { eyesOn } from "../support/house-eyes.ts";
import { type House, startHouse } from "../support/living-house.ts";
import { until } from "../support/until.ts";

const root = resolve(import.meta.dir, "../..");
const folder = mkdtempSync(join(tmpdir(), "jarvis-chat-"));

const ct = (vmid: number, name: string) => ({ vmid, name, kind: "lxc", node: "barn", memoryMiB: 256, backupHours: 5 });
/** A house nobody here has seen; guest 100 carries Jarvis as everywhere. */
const WORLD = {
  cluster: "farm",
  nodes: [{ name: "barn", address: "10.9.0.2", cpus: 8, memoryGiB: 32 }],
  storages: [{ name: "local-lvm", type: "lvmthin", content: "images,rootdir", totalGiB: 500, usedGiB: 80 }],
  guests: [
    { ...ct(100, "mgmt"), kind: "qemu", address: "10.9.0.65" },
    ct(201, "web1"),
    ct(202, "web2"),
    ct(203, "orchid-db"),
    { ...ct(204, "greenhouse"), kind: "qemu", memoryMiB: 1024 },
    ct(205, "beehive"),
  ],
};

const TOASTER = `// A toaster, for a test.
import { definePlugin, z } from "jarvis";

const shade = z.enum(["light", "dark"]).describe("How brown");

export default definePlugin({
  title: "Toaster",
  about: "Toasts bread.",
  config: z.strictObject({}),
  monitors: { slots: { every: "1h", state: z.object({ free: z.number() }), read: () => ({ free: 2 }) } },
  tools: {
    bread_toast: {
      title: "Toast bread",
      about: "Toasts a slice to a shade.",
      effect: "read",
      input: z.object({ shade }),
      run: (_, input) => ({ text: "One slice, " + input.shade + "." }),
    },
    node_kick: {
      title: "Kick a node",
      about: "Kicks a node.",
      effect: "disruptive",
      input: z.object({ node: z.string().describe("Which node") }),
      preflight: (_, input) => ({ target: "node/" + input.node, identity: "node:" + input.node, quorate: true }),
      run: () => ({ text: "Kicked." }),
      verify: () => ({ ok: true, words: "it is dented" }),
    },
  },
  widgets: { slots: { title: "Toaster", kind: "stat", from: "slots", field: "free" } },
});
`;

/** This tree with one more bundled plugin in it. */
const treeWithToaster = (): string => {
  const tree = join(folder, "tree");
  const listed = Bun.spawnSync(["git", "ls-files", "-co", "--exclude-standard"], { cwd: root }).stdout.toString().split("\n").filter(Boolean);
  for (const file of listed) {
    if (/^(?:ui|tests|docs)\//.test(file) || !existsSync(join(root, file))) continue;
    mkdirSync(join(tree, dirname(file)), { recursive: true });
    cpSync(join(root, file), join(tree, file));
  }
  symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
  const bundled = z.array(z.string()).parse(JSON.parse(readFileSync(join(tree, "plugins/bundled.json"), "utf8")));
  writeFileSync(join(tree, "plugins/bundled.json"), JSON.stringify([...bundled, "toaster"]));
  writeFileSync(join(tree, "plugins/toaster.ts"), TOASTER);
  return tree;
};

const Done = z.looseObject({
  conversation: z.string(),
  message: z.string(),
  text: z.string(),
  route: z.string(),
  model: z.string().optional(),
  tokens: z.object({ input: z.number(), output: z.number() }),
  calls: z.array(z.string()),
});
const Piece = z.looseObject({ message: z.string(), text: z.string().optional() });

/** The lab's configuration but for its models. */
const withoutModels = (text: string): string => text.replace(/^models:.*\n(?:[ \t].*\n|\n)*/m, "");

let house: House;
let eyes: ReturnType<typeof eyesOn>;
let socket: Client;

beforeAll(async () => {
  const world = join(folder, "world.json");
  writeFileSync(world, JSON.stringify(WORLD));
  house = await startHouse({ speed: 20, labArgs: ["--world", world], tree: treeWithToaster(), config: withoutModels });
  eyes = eyesOn(house);
  for (const { vmid } of WORLD.guests) await eyes.within(`guest/${vmid} to be seen`, async () => (await eyes.resource(`guest/${vmid}`))?.status === "up");
  await eyes.within("the core to know itself", async () => (await eyes.resource("guest/100"))?.self === true);
  socket = await connect(new URL(house.url).host, { token: readFileSync(join(house.folder, "cli.token"), "utf8").trim() });
}, 90_000);
afterAll(async () => {
  socket?.close();
  await house?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Over rpc, which waits for the whole answer. */
const say = async (text: string, conversation?: string) => Done.parse(await house.rpc("chat.send", { text, ...(conversation ? { conversation } : {}) }));

/** Over the WebSocket: what came, in order, until it was done. */
const stream = async (text: string, conversation?: string) => {
  const from = socket.messages.length;
  const { result } = await socket.request("chat.send", { text, ...(conversation ? { conversation } : {}) });
  const { message } = z.looseObject({ message: z.string() }).parse(result);
  const mine = () => socket.messages.slice(from).filter(({ method, params }) => method?.startsWith("chat.") && Piece.safeParse(params).data?.message === message);
  const done = await until(() => mine().find(({ method }) => method === "chat.done"), { withinMs: 30_000, what: `the answer to "${text}"` });
  return {
    done: Done.parse(done.params),
    methods: mine().map(({ method }) => method),
    deltas: mine().flatMap(({ method, params }) => (method === "chat.delta" ? [Piece.parse(params).text ?? ""] : [])),
  };
};
const acts = async () => (await eyes.ownEffects()).map(({ path }) => path.replace(/^.*\/(\d+)\/status\//, "$1 "));

describe.each([
  ["rpc", say],
  ["a WebSocket", async (text: string, conversation?: string) => (await stream(text, conversation)).done],
] as const)("over %s", (_, ask) => {
  test("a guest of a house never seen is known by its name, a near miss and its number", async () => {
    for (const words of ["status of greenhouse", "how is the orchid db?", "status of grenhouse", "status of guest 205"]) {
      const said = await ask(words);
      expect([words, said.text]).toEqual([words, expect.stringMatching(/running.*CPU/)]);
    }
  });

  test("a tool of a plugin never seen is spoken by its own words, and says what it lacks", async () => {
    const toast = await ask("toast the bread dark");
    expect(toast.text).toContain("One slice, dark.");
    expect(toast.calls).toHaveLength(1);
    const unsure = await ask("toast the bread");
    expect(unsure).toMatchObject({ calls: [], text: expect.stringContaining("shade") });
  });

  test("without a model it says plainly that it runs on rules", async () => {
    const said = await ask("write me a poem about the barn");
    expect(said.text).toContain("rules alone, without a model");
    expect(said).toMatchObject({ route: "reflex", tokens: { input: 0, output: 0 }, calls: [] });
    expect(said.model).toBeUndefined();
  });

  test.each([
    "do not restart nginx",
    "why did you restart nginx",
    "don't stop web1",
    "should I restart web1?",
    "restart web1 when the backup is done",
    "restart web1 and web2",
    "restart everything",
    "stop",
    "restart nothing-of-that-name",
    "never mind, do not stop greenhouse",
    "nginx was restarted",
  ])("%p starts nothing", async (words) => {
    const before = await acts();
    const said = await ask(words);
    expect(said.calls).toEqual([]);
    expect(said.text.length).toBeGreaterThan(0);
    expect(await acts()).toEqual(before);
  });

  test('"restart web" asks which of them, and the bare name then acts on that one alone', async () => {
    const before = await acts();
    const asked = await ask("restart web");
    for (const name of ["web1", "web2"]) expect(asked.text).toContain(name);
    expect([asked.calls, await acts()]).toEqual([[], before]);
    const acted = await ask("web2", asked.conversation);
    expect(acted.calls).toHaveLength(1);
    expect((await acts()).slice(before.length)).toEqual(["202 reboot"]);
    const call = (await house.rpc("calls.get", { callId: acted.calls[0] ?? "" })).call;
    expect(call).toMatchObject({ tool: "proxmox_guest_reboot", target: "guest/202", state: "succeeded", decision: "allow" });
    expect(["operator", "script"]).toContain(call.caller.kind);
  }, 60_000);

  test("what carries Jarvis is refused in words", async () => {
    const before = await acts();
    const said = await ask("stop mgmt");
    expect(said.text).toContain("carries Jarvis itself");
    const kicked = await ask("kick the node barn");
    expect(kicked.text).toContain("barn carries Jarvis itself");
    expect((await house.rpc("calls.get", { callId: kicked.calls[0] ?? "" })).call).toMatchObject({ state: "refused", rule: "self", target: "node/barn" });
    expect(await acts()).toEqual(before);
  });
});

describe("a conversation", () => {
  test("how a guest is backed up is told of the guest, by a look and not by the storages", async () => {
    const said = await eyes.within("the backups to be known", async () => {
      const one = await say("how is the backup of greenhouse?");
      return one.text.startsWith("greenhouse (guest/204)") ? one : undefined;
    });
    expect(said?.text).toMatch(/backup.*\. .*backup job/s);
    expect(said?.calls).toHaveLength(1);
  }, 60_000);

  test('"it" is the thing last named, in either language, and denied it is left alone', async () => {
    const before = await acts();
    const { conversation } = await say("wie geht es beehive?");
    expect((await say("starte es nicht neu", conversation)).calls).toEqual([]);
    expect((await say("should I restart it?", conversation)).calls).toEqual([]);
    expect((await say("is it backed up?", conversation)).text).toContain("beehive");
    expect((await say("starte es neu", conversation)).text).not.toContain("Deutsch");
    expect((await acts()).slice(before.length)).toEqual(["205 reboot"]);
  }, 60_000);

  test("everything is held by word, nothing is done then, and it is released by word", async () => {
    const before = await acts();
    expect((await say("halt alles an")).text).toStartWith("Held");
    expect((await house.rpc("autonomy.get")).killed).toBe(true);
    expect((await say("restart orchid-db")).text).toContain("kill switch");
    expect((await say("release the kill switch")).text).toStartWith("Released");
    expect((await house.rpc("autonomy.get")).killed).toBe(false);
    expect(await acts()).toEqual(before);
  });
});

describe("the stream of an answer", () => {
  test("its pieces come in order, make the whole, and chat.done ends them", async () => {
    const { done, methods, deltas } = await stream("status");
    expect(deltas.length).toBeGreaterThan(1);
    expect(deltas.join("")).toBe(done.text);
    expect(methods).toEqual([...deltas.map(() => "chat.delta"), "chat.done"]);
  });

  test("an act is told as a call before the words about it", async () => {
    const { done, methods } = await stream("toast the bread light");
    expect(methods[0]).toBe("chat.call");
    expect(methods.at(-1)).toBe("chat.done");
    expect(done.text).toContain("One slice, light.");
  });
});

describe("what happened", () => {
  test("a stop by a person is told with the person's name and the task", async () => {
    await house.lab.break("guest-user-stop", "guest/203", { user: "olli@pve" });
    await eyes.toldOf("guest/203", "left-alone");
    const said = await say("why did orchid-db stop?");
    expect(said.text).toContain("olli@pve");
    expect(said.text).toMatch(/UPID:barn:[0-9A-F:]+:vz(?:stop|shutdown):203:olli@pve:/);
    expect((await say("status of orchid-db")).text).toContain("stopped");
  }, 60_000);

  test("what is wrong is told while it is, and the repair is in the day's report", async () => {
    expect((await say("what's wrong?")).text).not.toContain("open incident");
    await house.lab.break("guest-oom", "guest/205");
    await eyes.toldOf("guest/205", "held");
    const wrong = await say("what's wrong?");
    expect(wrong.text).toContain("1 open incident");
    expect(wrong.text).toContain("beehive");
    await house.lab.break("guest-crash", "guest/204");
    await eyes.incidentIn("guest/204", "resolved");
    const today = await say("what did you do today?");
    expect(today.text).toMatch(/- I started greenhouse at \d\d:\d\d, and it held\./);
    expect(today.text).toMatch(/[1-9] left alone/);
    expect(JSON.stringify(today.evidence)).toContain("journal call-");
  }, 60_000);
});
