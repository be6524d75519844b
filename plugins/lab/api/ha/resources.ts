// HA resources: what is managed and how it should be, adding and dropping, and moves, which answer an object and no UPID.
import { badParameters, failure } from "../../front/failure.ts";
import { COUNT, FLAG, numberOf, oneOf, type Rules, required, TEXT, textOf } from "../../front/parameters.ts";
import { type Call, get, needs, post, put, type Route, remove } from "../../front/route.ts";
import type { Dialect, HaState, World } from "../../world/state.ts";
import { noteChange } from "../work.ts";
import { guestOfSid, type Managed, managed, serviceOf, sidOf } from "./services.ts";

const MAX_TRIES = 10;

function shown(world: World, guest: Managed): Record<string, unknown> {
  const { ha } = guest;
  const about = {
    sid: sidOf(guest),
    type: sidOf(guest).split(":")[0],
    state: ha.request,
    max_restart: ha.maxRestart,
    max_relocate: ha.maxRelocate,
    ...(ha.comment ? { comment: ha.comment } : {}),
    ...(world.dialect === "9.1" ? { failback: 1 } : ha.group ? { group: ha.group } : {}),
  };
  return {
    ...about,
    digest: new Bun.CryptoHasher("sha1")
      .update(
        managed(world)
          .map((one) => `${sidOf(one)} ${one.ha.request}`)
          .join("\n"),
      )
      .digest("hex"),
  };
}

const wishOf = (text: string | undefined): HaState["request"] => (text === "stopped" || text === "disabled" || text === "ignored" ? text : "started");

function write(call: Call, guest: Managed): void {
  const { parameters, world } = call;
  const state = textOf(parameters, "state");
  const group = textOf(parameters, "group");
  if (group !== undefined && world.dialect === "9.1") throw badParameters({ group: "invalid parameter 'group': ha groups have been migrated to rules" });
  if (group !== undefined && !world.haRules.some((rule) => rule.name === group)) throw failure(500, `ha group '${group}' does not exist`);
  if (state !== undefined) call.life.ha.request(guest, wishOf(state), false);
  const { ha } = guest;
  ha.maxRestart = numberOf(parameters, "max_restart") ?? ha.maxRestart;
  ha.maxRelocate = numberOf(parameters, "max_relocate") ?? ha.maxRelocate;
  const comment = textOf(parameters, "comment");
  if (comment !== undefined) ha.comment = comment;
  if (group !== undefined) ha.group = group;
  for (const key of textOf(parameters, "delete")?.split(/[,;\s]+/) ?? []) {
    if (key === "comment" || key === "group") delete ha[key];
    if (key === "max_restart") ha.maxRestart = 1;
    if (key === "max_relocate") ha.maxRelocate = 1;
    if (key === "state") ha.request = "started";
  }
  noteChange(call, `guest/${guest.vmid}`);
}

function add(call: Call): null {
  const sid = textOf(call.parameters, "sid") ?? "";
  const guest = guestOfSid(call.world, sid);
  if (guest.ha) throw failure(500, `resource ID '${sidOf(guest)}' already defined`);
  const ha: HaState = { request: "started", state: "queued", maxRestart: 1, maxRelocate: 1, failures: 0 };
  write(call, Object.assign(guest, { ha }));
  return null;
}

function drop(call: Call): null {
  const guest = serviceOf(call);
  const sid = sidOf(guest);
  for (const rule of call.world.haRules) rule.resources = rule.resources.filter((one) => one !== sid);
  Reflect.deleteProperty(guest, "ha");
  noteChange(call, `guest/${guest.vmid}`);
  return null;
}

/** 200 even when nothing moves: what is in the way stands in the answer. */
function move(relocate: boolean): Route["run"] {
  return (call) => {
    const guest = serviceOf(call);
    const target = textOf(call.parameters, "node") ?? "";
    if (!call.world.nodes.has(target)) throw failure(500, `no such cluster node '${target}'`);
    const sid = sidOf(guest);
    const bound = call.world.haRules.find((rule) => rule.strict && rule.resources.includes(sid) && !rule.nodes.split(",").some((part) => part.split(":")[0] === target));
    const answer = { sid, "requested-node": target };
    if (bound) return call.world.dialect === "9.1" ? { ...answer, "blocking-resources": [{ sid, cause: "node-affinity" }] } : null;
    call.life.ha.move(guest, target, relocate);
    noteChange(call, `guest/${guest.vmid}`);
    return call.world.dialect === "9.1" ? answer : null;
  };
}

export function haResourceRoutes(dialect: Dialect): Route[] {
  const base = "/cluster/ha/resources";
  const [audit, may] = [needs("/", "Sys.Audit"), needs("/", "Sys.Console")];
  const tries = { ...COUNT, max: MAX_TRIES };
  const rules: Rules = {
    comment: { ...TEXT, maxLength: 4_096 },
    group: TEXT,
    max_relocate: tries,
    max_restart: tries,
    state: oneOf("started", "stopped", "enabled", "disabled", "ignored"),
    ...(dialect === "9.1" ? { failback: FLAG } : {}),
  };
  const target = { node: required(TEXT) };
  return [
    get(
      base,
      ({ world, parameters }) => {
        const type = textOf(parameters, "type");
        return managed(world)
          .filter((guest) => !type || sidOf(guest).startsWith(`${type}:`))
          .map((guest) => shown(world, guest));
      },
      { ...audit, rules: { type: oneOf("ct", "vm") } },
    ),
    post(base, add, { ...may, rules: { ...rules, sid: required(TEXT), type: oneOf("ct", "vm") } }),
    get(`${base}/{sid}`, (call) => shown(call.world, serviceOf(call)), audit),
    put(
      `${base}/{sid}`,
      (call) => {
        write(call, serviceOf(call));
        return null;
      },
      { ...may, rules: { ...rules, delete: { ...TEXT, maxLength: 4_096 }, digest: { ...TEXT, maxLength: 64 } } },
    ),
    remove(`${base}/{sid}`, drop, { ...may, rules: dialect === "9.1" ? { purge: FLAG } : {} }),
    post(`${base}/{sid}/migrate`, move(false), { ...may, rules: target }),
    post(`${base}/{sid}/relocate`, move(true), { ...may, rules: target }),
  ];
}
