// `jarvis lab list|break|heal|show|stop`: talks to the lab that runs in the folder. Exit: 0 done, 1 failed, 64 unknown name or target, 69 no lab runs.
import { z } from "zod";
import { handClock } from "./clock.ts";
import { createEvents } from "./docker/events.ts";
import { createFaults as containerFaults } from "./docker/faults.ts";
import { createFaults } from "./faults/all.ts";
import { proxmoxFaults } from "./faults/catalog.ts";
import { findLab, type LabFile, lives } from "./found.ts";
import { makeSecrets } from "./keep.ts";
import { usage } from "./options.ts";
import { createPbs } from "./pbs/state.ts";
import { randomOf } from "./random.ts";
import { createWorld } from "./world/create.ts";
import { home } from "./world/home/home.ts";

export const EXIT = { done: 0, failed: 1, usage: 64, noLab: 69 } as const;

/** Said by their place, never as key=value. */
const OWN_WORDS = new Set(["name", "target"]);
const STOP_PATIENCE_MS = 10_000;
const STOP_LOOK_MS = 50;
const STOP_SILENCE_MS = 1_000;

const Fault = z.object({ name: z.string(), targetKind: z.string(), what: z.string() });
const Standing = z.object({ name: z.string(), target: z.string(), since: z.string() });
const State = z.object({
  time: z.string(),
  speed: z.number(),
  guests: z.array(z.object({ vmid: z.number(), name: z.string(), node: z.string(), status: z.string(), lock: z.string().optional() })),
  faults: z.array(Standing),
});
const Refusal = z.object({ error: z.string(), unknown: z.string().optional() });

export interface Out {
  print(text: string): void;
  complain(text: string): void;
  json: boolean;
}

/** Without a running lab the list comes from a world that is thrown away at once. */
function offlineList(): z.infer<typeof Fault>[] {
  const life = createWorld({ input: home, clock: handClock(0), seed: 1, dialect: "9.1", secrets: makeSecrets() });
  const { clock } = life.world;
  const containers = containerFaults({ world: { clock, events: createEvents(clock.now), random: randomOf(1, "list") }, boxes: [], host: "mgmt", note: () => undefined });
  const nobody = (): Promise<never> => Promise.reject(new Error("nobody calls"));
  const faults = createFaults([...proxmoxFaults(life.world, nobody, createPbs(life.world)), ...containers], clock.now).list();
  life.stop();
  return faults;
}

async function ask(lab: LabFile, method: string, path: string, body?: unknown): Promise<{ ok: boolean; answer: unknown }> {
  const response = await fetch(new URL(path, lab.control), {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
  });
  return { ok: response.ok, answer: await response.json() };
}

function refused(out: Out, answer: unknown): number {
  const { error, unknown } = Refusal.parse(answer);
  out.complain(error);
  return unknown ? EXIT.usage : EXIT.failed;
}

async function list(lab: LabFile | undefined, out: Out): Promise<number> {
  const faults = lab ? z.object({ faults: z.array(Fault) }).parse((await ask(lab, "GET", "/faults")).answer).faults : offlineList();
  if (out.json) out.print(JSON.stringify(faults.map(({ name, targetKind, what }) => ({ name, targetKind, what }))));
  else for (const fault of faults) out.print(`${fault.name}\t${fault.targetKind}\t${fault.what}`);
  return EXIT.done;
}

async function breakOne(lab: LabFile, words: string[], out: Out): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined) throw usage("break what? `jarvis lab list` names the faults");
  const plain = rest.filter((word) => !word.includes("="));
  if (plain.length > 1) throw usage(`one target at a time, and the fault's own words as key=value: ${plain.join(" ")}`);
  const pairs = rest.filter((word) => word.includes("=")).map((word) => word.split(/=(.*)/s).slice(0, 2));
  const keys = pairs.map(([key = ""]) => key);
  const wrong = keys.find((key, index) => key === "" || OWN_WORDS.has(key) || keys.indexOf(key) !== index);
  if (wrong !== undefined) throw usage(`'${wrong}=' is not one of the fault's own words, or said twice: break NAME [TARGET] [key=value]`);
  const args = Object.fromEntries(pairs);
  const { ok, answer } = await ask(lab, "POST", "/faults", { ...args, name, ...(plain[0] === undefined ? {} : { target: plain[0] }) });
  if (!ok) return refused(out, answer);
  const standing = Standing.parse(answer);
  out.print(out.json ? JSON.stringify(standing) : `${standing.target} has ${standing.name}`);
  return EXIT.done;
}

async function heal(lab: LabFile, words: string[], out: Out): Promise<number> {
  const [name, target, more] = words;
  if (more !== undefined) throw usage("heal [NAME [TARGET]]");
  const { ok, answer } = await ask(lab, "DELETE", "/faults", { name, target });
  if (!ok) return refused(out, answer);
  const { healed } = z.object({ healed: z.array(Standing) }).parse(answer);
  if (out.json) out.print(JSON.stringify({ healed }));
  else out.print(healed.length === 0 ? "nothing was broken" : healed.map((one) => `${one.target} no longer has ${one.name}`).join("\n"));
  return EXIT.done;
}

async function show(lab: LabFile, out: Out): Promise<number> {
  const { answer } = await ask(lab, "GET", "/state");
  if (out.json) {
    out.print(JSON.stringify(answer));
    return EXIT.done;
  }
  const state = State.parse(answer);
  out.print(`${state.time}, ${state.speed} x`);
  for (const guest of state.guests) out.print(`guest/${guest.vmid}\t${guest.name}\t${guest.node}\t${guest.status}${guest.lock ? ` (${guest.lock})` : ""}`);
  for (const one of state.faults) out.print(`broken: ${one.target} has ${one.name} since ${one.since}`);
  return EXIT.done;
}

async function stop(lab: LabFile, dir: string, out: Out): Promise<number> {
  await ask(lab, "POST", "/stop");
  let silentMs = 0;
  for (let waited = 0; waited < STOP_PATIENCE_MS; waited += STOP_LOOK_MS) {
    if (!(await findLab(dir))) silentMs += STOP_LOOK_MS;
    // Its ports are free when the process is gone, a moment after it stops answering. One that nobody collects stays listed: silence has to do.
    if (!lives(lab.pid) || silentMs >= STOP_SILENCE_MS) {
      out.print(out.json ? JSON.stringify({ stopped: lab.pid }) : "the lab has ended");
      return EXIT.done;
    }
    await Bun.sleep(STOP_LOOK_MS);
  }
  out.complain(`the lab (pid ${lab.pid}) does not end`);
  return EXIT.failed;
}

export async function command(words: string[], dir: string, out: Out): Promise<number> {
  const [word = "", ...rest] = words;
  if (!["list", "break", "heal", "show", "stop"].includes(word)) throw usage(`jarvis lab has no '${word}'; it has list, break, heal, show and stop`);
  if (rest.length > 0 && word !== "break" && word !== "heal") throw usage(`'${word}' takes no words: ${rest.join(" ")}`);
  const lab = await findLab(dir);
  if (word === "list") return list(lab, out);
  if (!lab) {
    out.complain(`no lab runs in ${dir}; \`jarvis lab\` starts one`);
    return EXIT.noLab;
  }
  if (word === "break") return breakOne(lab, rest, out);
  if (word === "heal") return heal(lab, rest, out);
  return word === "show" ? show(lab, out) : stop(lab, dir, out);
}
