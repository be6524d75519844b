// Running a command inside a guest through its agent: exec answers a pid, exec-status tells the end once and then forgets it, as qemu-ga does.
import { failure } from "../../front/failure.ts";
import { COUNT, numberOf, type Rule, required, type Value } from "../../front/parameters.ts";
import { get, needsAny, post, type Route } from "../../front/route.ts";
import { type Ran, runInside } from "../../world/guests/inside.ts";
import type { Dialect, World } from "../../world/state.ts";
import { noteChange } from "../work.ts";
import { agentOf } from "./agent-answer.ts";

const FIRST_PID = 1_200;
const MAX_INPUT = 65_536;
const MAX_KEPT = 1_000;

interface Process extends Ran {
  endsAt: number;
}

interface Table {
  lastPid: number;
  running: Map<string, Process>;
}

const tables = new WeakMap<World, Table>();

function tableOf(world: World): Table {
  const table = tables.get(world) ?? { lastPid: FIRST_PID, running: new Map<string, Process>() };
  tables.set(world, table);
  return table;
}

const wordsOf = (value: Value | undefined): string[] => (Array.isArray(value) ? value.map(String) : value === undefined ? [] : [String(value)]);

const exec: Route["run"] = async (call) => {
  const guest = await agentOf(call);
  const { world } = call;
  const ran = runInside(world, guest, wordsOf(call.parameters.command));
  const table = tableOf(world);
  table.lastPid += 3;
  const pid = table.lastPid;
  table.running.set(`${guest.vmid}/${pid}`, { ...ran, endsAt: world.clock.now() + ran.ms });
  if (table.running.size > MAX_KEPT) table.running.delete([...table.running.keys()][0] ?? "");
  noteChange(call, `guest/${guest.vmid}`);
  return { pid };
};

const status: Route["run"] = async (call) => {
  const guest = await agentOf(call);
  const pid = numberOf(call.parameters, "pid") ?? 0;
  const table = tableOf(call.world).running;
  const process = table.get(`${guest.vmid}/${pid}`);
  if (!process) throw failure(500, `Agent error: PID ${pid} does not exist`);
  if (call.world.clock.now() < process.endsAt) return { exited: 0 };
  table.delete(`${guest.vmid}/${pid}`);
  return { exited: 1, exitcode: process.code, ...(process.out ? { "out-data": process.out } : {}), ...(process.err ? { "err-data": process.err } : {}) };
};

const COMMAND: Rule = { type: "array", required: true };

export function execRoutes(dialect: Dialect): Route[] {
  const base = "/nodes/{node}/qemu/{vmid}/agent";
  const may = needsAny("/vms/{vmid}", dialect === "8.4" ? "VM.Monitor" : "VM.GuestAgent.Unrestricted");
  return [
    post(`${base}/exec`, exec, { ...may, rules: { command: COMMAND, "input-data": { type: "string", maxLength: MAX_INPUT } } }),
    get(`${base}/exec-status`, status, { ...may, rules: { pid: required(COUNT) } }),
  ];
}
