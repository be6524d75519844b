// The house of hazards and every real way into it: WebSocket, rpc, `./jarvis call`, the rules' chat, runbook files, a plugin's own call, remedies. Each hazard has guests of its own, so that none is another's reason. For tests only.
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Call } from "../../core/contract/call.ts";
import { until } from "../support/until.ts";
import { CLI_MANY } from "./cli-many.ts";
import { bySession, bySocket, byToken, type Reply, type Rpc, signIn } from "./doors.ts";
import type { Hazard } from "./hazard-list.ts";
import { makeTree, startCore } from "./house.ts";

export const WAYS = ["session", "ws token", "rpc token", "cli", "chat", "runbook", "plugin", "remedy"] as const;
export type Way = (typeof WAYS)[number];
export type Provoked = Extract<Hazard, { by: "facts" }>;
export type Lived = Extract<Hazard, { by: "lived" }>;

/** What came back: of a call that was judged its state and rule, of one that was none `error`. */
export interface Heard {
  readonly state: string;
  readonly rule?: string | undefined;
  readonly text: string;
  readonly warnings?: readonly string[] | undefined;
}

const OWN = 903;
const BASE: Readonly<Partial<Record<Way, number>>> = { runbook: 300, remedy: 400 };
const WITHIN_MS = 15_000;
/** A house's minute is over in one of ours: what binds by the minute and is another test's subject binds nothing here. */
const RATE = 100;
const EFFECT_OF: Readonly<Record<string, string>> = { start: "reversible", destroy: "destructive" };
/** Plain words for a stop mean a shutdown, which here is another plugin's tool. */
const SPOKEN = ["start", "restart"];

/** Jarvis runs in a guest of its own: what takes a machine down carries it, what names it means it. */
const isOwn = ({ self, facts }: Provoked): boolean => self === true && facts?.carries === undefined;
const factsOf = ({ facts, self }: Provoked): Record<string, unknown> => ({ ...facts, ...(self && facts?.carries ? { carries: [`guest/${OWN}`] } : {}) });
const vmidOf = (hazard: Provoked, way: Way): number => (isOwn(hazard) ? OWN : (BASE[way] ?? 200) + hazard.id);
const inputOf = (hazard: Provoked, way: Way) => ({ vmid: vmidOf(hazard, way), ...(hazard.force ? { force: true } : {}) });
const nameOf = ({ verb = "restart", force }: Provoked): string => (force ? "force" : verb);

/** A runbook that answers an alert, one for each verb and one that forces. */
const answering = (name: string): string => {
  const verb = name === "force" ? "stop" : name;
  const effect = EFFECT_OF[verb] ?? "disruptive";
  const asks = effect === "destructive" ? 'class: Q\nplan: "It asks."' : "class: A";
  const input = name === "force" ? '{vmid: "{vmid}", force: true}' : '{vmid: "{vmid}"}';
  return `---\ntitle: ${name} it\ntrigger: {alert: b-${name}, resource: guest/*}\nneeds: [vmid]\n${asks}\neffect: ${effect}\nsteps:\n  - tool: world_guest_${verb}\n    input: ${input}\nattempts: 5\ncooldown: 5m\nsays: I ${name} {name}.\n---\nMade up.\n`;
};
const running = (tool: string, input: Readonly<Record<string, unknown>>): string => {
  const fields = Object.entries(input).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return `---\ntitle: ask for it\nsteps:\n  - tool: ${tool}\n    input: {${fields.join(", ")}}\n---\nMade up.\n`;
};

const answered = ({ result, error }: Reply): Heard => {
  if (error) return { state: "error", text: `${error.message} ${JSON.stringify(error.data ?? {})}` };
  const { state = "", rule, text = "", warnings } = (result ?? {}) as Partial<Heard>;
  return { state, rule, text, warnings };
};

/** One process that runs `./jarvis` commands by their own code. */
const commandLine = (data: string) => {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("JARVIS_"));
  const child = Bun.spawn([process.execPath, CLI_MANY], {
    env: { ...Object.fromEntries(kept), JARVIS_DATA: data },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const reader = child.stdout.getReader();
  const decoder = new TextDecoder();
  let read = "";
  const line = async (): Promise<string> => {
    while (!read.includes("\n")) {
      const { value, done } = await reader.read();
      if (done) throw new Error("the command line ended");
      read += decoder.decode(value, { stream: true });
    }
    const end = read.indexOf("\n");
    const found = read.slice(0, end);
    read = read.slice(end + 1);
    return found;
  };
  return {
    call: async (tool: string, input: unknown): Promise<Heard & { code: number }> => {
      child.stdin.write(`${JSON.stringify(["call", tool, JSON.stringify(input), "--wait", "300"])}\n`);
      await child.stdin.flush();
      const { code, out } = JSON.parse(await line()) as { code: number; out: Partial<Heard> & { error?: unknown } };
      return { code, state: out.state ?? "error", rule: out.rule, text: `${out.text ?? ""}${out.error === undefined ? "" : JSON.stringify(out.error)}`, warnings: out.warnings };
    },
    end: async (): Promise<void> => {
      child.stdin.end();
      await child.exited;
    },
  };
};

const FILES = ["effects", "alerts", "orders", "answers"] as const;
/** Nobody listens there: the tools are the real ones, and none of them may come so far as to ask. */
const NOBODY = { endpoints: ["http://127.0.0.1:9"], token: "jarvis@pve!observe=00000000-0000-0000-0000-000000000000" };

/** What a runbook file's one step calls. */
export interface Asked {
  readonly name: string;
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
}

interface Place {
  readonly rate?: number;
  readonly self?: string;
  readonly proxmox?: Readonly<Record<string, unknown>>;
}

/** Opens the doors for these hazards; `asked`: calls that runbook files make beside. */
export const openHazardHouse = async (hazards: readonly Hazard[], asked: readonly Asked[], { rate = RATE, self = `guest/${OWN}`, proxmox = NOBODY }: Place = {}) => {
  const folder = mkdtempSync(join(tmpdir(), "jt-"));
  const provoked = hazards.filter((hazard): hazard is Provoked => hazard.by === "facts");
  const files = Object.fromEntries(FILES.map((name) => [name, join(folder, name)])) as Record<(typeof FILES)[number], string>;
  const runbooks = join(folder, "memory/runbooks");
  mkdirSync(runbooks, { recursive: true });
  for (const name of new Set(provoked.map(nameOf))) writeFileSync(join(runbooks, `b-${name}.md`), answering(name));
  for (const { name, tool, input } of asked) writeFileSync(join(runbooks, `${name}.md`), running(tool, input));
  const world = {
    ...files,
    vmids: [...new Set([OWN, ...provoked.flatMap((hazard) => WAYS.map((way) => vmidOf(hazard, way)))])],
    facts: Object.fromEntries(provoked.map((hazard) => [String(isOwn(hazard) ? OWN % 100 : hazard.id), factsOf(hazard)])),
  };
  const plugins = { world, remediation: {}, docker: { hosts: { mgmt: { socket: join(folder, "data/docker.sock") } } }, proxmox };
  const tree = makeTree(folder, { own: ["world", "world/fixture/plugin.ts"], bundled: ["remediation", "proxmox", "docker"], allowed: { remediation: "world_*" } });
  const core = await startCore({ folder, tree, config: { autonomy: "act", self, clock: { rate }, plugins } });
  const { app, url, operator } = core;
  const signed = await signIn(url, core.code);
  if (!signed.session) throw new Error(`no session: ${signed.text}`);
  const token = (await operator("tokens.new", { name: "hazards", scope: "operate" })).token;
  const sockets = { session: await bySocket(url, signed.session), "ws token": await bySocket(url, { token }) };
  const session = bySession(url, signed.session);
  const cli = commandLine(core.data);
  await until(async () => (await operator("state.get")).resources.filter(({ plugin }) => plugin === "world").length >= world.vmids.length, { what: "the guests of the hazards" });
  const doors: Partial<Record<Way, Rpc>> = { session: sockets.session.rpc, "ws token": sockets["ws token"].rpc, "rpc token": byToken(url, token) };

  const linesOf = (file: string): string[] => (existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : []);
  const ofCall = ({ state, rule, text, why, warnings }: Call): Heard => ({
    state: ["refused", "held"].includes(state) ? state : state === "aborted" ? "refused" : state,
    rule,
    text: text ?? why ?? "",
    warnings,
  });
  const journaled = (fits: (call: Call) => boolean): Call | undefined => app.journal.list({ limit: 1000 }).findLast(fits);

  const byPlugin = async (tool: string, input: unknown): Promise<Heard> => {
    const before = linesOf(files.answers).length;
    appendFileSync(files.orders, `${JSON.stringify({ tool, input })}\n`);
    const line = await until(() => linesOf(files.answers)[before], { withinMs: WITHIN_MS, what: `the plugin's call of ${tool}` });
    const { state, callId, text } = JSON.parse(line) as { state: string; callId?: string; text: string };
    const call = callId === undefined ? undefined : app.journal.get(callId);
    return call ? ofCall(call) : { state, text };
  };
  const byChat = async (words: string): Promise<Heard> => {
    const said = await session("chat.send", { text: words });
    const { calls = [], text = JSON.stringify(said.error ?? {}) } = (said.result ?? {}) as { calls?: string[]; text?: string };
    const call = app.journal.get(calls.at(-1) ?? "");
    return call ? ofCall(call) : { state: "error", text };
  };
  const wrong = new Set<string>();
  const tellWrong = (): void => writeFileSync(files.alerts, [...wrong].map((line) => `${line}\n`).join(""));
  tellWrong();
  /** What is wrong is told until somebody acts on it, or is told that nobody may. */
  const whileWrong = async (told: Readonly<Record<string, unknown>>, mine: (call: Call) => boolean, what: string): Promise<Heard> => {
    const line = JSON.stringify(told);
    const known = new Set(app.journal.list({ limit: 1000 }).map(({ callId }) => callId));
    const fits = (call: Call): boolean => mine(call) && !known.has(call.callId) && !["proposed", "admitted"].includes(call.state);
    wrong.add(line);
    tellWrong();
    try {
      return ofCall(await until(() => journaled(fits), { withinMs: WITHIN_MS, what }));
    } finally {
      wrong.delete(line);
      tellWrong();
    }
  };
  const byIncident = (kind: "runbook" | "remedy", hazard: Provoked): Promise<Heard> => {
    const vmid = vmidOf(hazard, kind);
    const mine = (call: Call): boolean => call.caller.kind === kind && call.target === `guest/${vmid}`;
    return whileWrong({ key: `${kind === "runbook" ? "b" : "r"}-${nameOf(hazard)}`, resource: `guest/${vmid}` }, mine, `the ${kind} on hazard ${hazard.id}`);
  };
  /** The alert's title carries the input: a remedy of a plugin reads no files. */
  const byRemedy = ({ id, tool, input, about }: Lived): Promise<Heard> =>
    whileWrong({ key: `lived-${id}`, resource: about, title: JSON.stringify(input) }, (call) => call.caller.kind === "remedy" && call.tool === tool, `the remedy on hazard ${id}`);

  const through = async (way: Way, tool: string, input: unknown): Promise<Heard | undefined> => {
    const door = doors[way];
    if (door) return answered(await door("tools.call", { name: tool, arguments: input, waitSeconds: 300 }));
    if (way === "cli") return cli.call(tool, input);
    return way === "plugin" ? byPlugin(tool, input) : undefined;
  };

  const before = async (tool: string, input: unknown): Promise<void> => {
    const { state, text } = await operator("tools.call", { name: tool, arguments: input, waitSeconds: 300 });
    if (state !== "succeeded") throw new Error(`the act before was not done: ${state}, ${text}`);
  };

  return {
    /** Undefined: no door can say it. */
    async provoke(hazard: Provoked, way: Way): Promise<Heard | undefined> {
      const tool = `world_guest_${hazard.verb ?? "restart"}`;
      if (hazard.unhealthy || hazard.escalated) return undefined;
      // Only a model's words are formed by others; unbound is every plugin's own call.
      if ((hazard.tainted || hazard.unbound) && way !== "plugin") return undefined;
      if (hazard.again) await before(tool, inputOf(hazard, way));
      if (way === "runbook" || way === "remedy") return byIncident(way, hazard);
      if (way !== "chat") return through(way, tool, inputOf(hazard, way));
      if (hazard.force) return undefined;
      const { verb = "restart" } = hazard;
      const answer = await byChat(`${SPOKEN.includes(verb) ? verb : tool} w${vmidOf(hazard, way)}`);
      return answer.state === "error" ? undefined : answer;
    },
    /** A call that there is no tool for, or no such input. `name`: of the runbook that makes it. */
    async ask(name: string, tool: string, input: unknown, way: Way): Promise<Heard | undefined> {
      if (way === "chat") return byChat(`${tool} w201`);
      if (way === "runbook")
        return answered(await (name.endsWith("0") ? session : sockets.session.rpc)("tools.call", { name: "remediation_runbook_run", arguments: { name }, waitSeconds: 300 }));
      return through(way, tool, input);
    },
    /** Undefined: no words of the chat say it. */
    async live(hazard: Lived, way: Way): Promise<Heard | undefined> {
      const { id, tool, input, said } = hazard;
      if (way === "remedy") return byRemedy(hazard);
      if (way === "chat") return said === undefined ? undefined : byChat(said);
      if (way !== "runbook") return through(way, tool, input);
      return answered(await session("tools.call", { name: "remediation_runbook_run", arguments: { name: `lived-${id}` }, waitSeconds: 300 }));
    },
    resources: async () => (await operator("state.get")).resources,
    /** What was really done, in order. */
    effects: (): string[] => linesOf(files.effects),
    tools: (): string[] => app.registry.list().map(({ name }) => name),
    async stop(): Promise<void> {
      for (const { client } of Object.values(sockets)) client.close();
      await cli.end();
      await app.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

export type HazardHouse = Awaited<ReturnType<typeof openHazardHouse>>;
