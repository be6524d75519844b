// Where HA services like to be: groups on 8.4, node-affinity rules on 9.x, where groups answer that they were migrated.
import { failure } from "../../front/failure.ts";
import { FLAG, flagOf, oneOf, required, TEXT, textOf } from "../../front/parameters.ts";
import { type Call, get, needs, post, put, type Route, remove } from "../../front/route.ts";
import type { Dialect, HaRule } from "../../world/state.ts";
import { noteChange } from "../work.ts";

const audit = needs("/", "Sys.Audit");
const may = needs("/", "Sys.Console");
const MIGRATED = "ha groups have been migrated to rules";

const group = (rule: HaRule) => ({
  group: rule.name,
  type: "group",
  nodes: rule.nodes,
  restricted: rule.strict ? 1 : 0,
  nofailback: rule.nofailback ? 1 : 0,
  ...(rule.comment ? { comment: rule.comment } : {}),
  digest: "5d1c7a90e2b84f3691d07c48be35a6f21c8e9d04",
});
const rule = (one: HaRule) => ({
  rule: one.name,
  type: "node-affinity",
  resources: one.resources.join(","),
  nodes: one.nodes,
  strict: one.strict ? 1 : 0,
  ...(one.comment ? { comment: one.comment } : {}),
  digest: "5d1c7a90e2b84f3691d07c48be35a6f21c8e9d04",
});

function found(call: Call, name: string | undefined, what: string): HaRule {
  const one = call.world.haRules.find((candidate) => candidate.name === name);
  if (!one) throw failure(500, `no such ${what} '${name}'`);
  return one;
}

function write(call: Call, one: HaRule): null {
  const { parameters } = call;
  one.nodes = textOf(parameters, "nodes") ?? one.nodes;
  one.comment = textOf(parameters, "comment") ?? one.comment;
  if (parameters.restricted !== undefined) one.strict = flagOf(parameters, "restricted");
  if (parameters.strict !== undefined) one.strict = flagOf(parameters, "strict");
  if (parameters.nofailback !== undefined) one.nofailback = flagOf(parameters, "nofailback");
  const resources = textOf(parameters, "resources");
  if (resources !== undefined) one.resources = resources.split(/[,;\s]+/).filter(Boolean);
  const unknown = one.nodes.split(",").find((part) => !call.world.nodes.has(part.split(":")[0] ?? ""));
  if (unknown !== undefined) throw failure(500, `no such cluster node '${unknown.split(":")[0]}'`);
  noteChange(call, `ha/${one.name}`);
  return null;
}

function add(call: Call, name: string, what: string): null {
  if (call.world.haRules.some((one) => one.name === name)) throw failure(500, `${what} '${name}' already defined`);
  const fresh: HaRule = { name, comment: "", nodes: "", strict: false, nofailback: false, resources: [] };
  write(call, fresh);
  call.world.haRules.push(fresh);
  return null;
}

function drop(call: Call, one: HaRule): null {
  call.world.haRules.splice(call.world.haRules.indexOf(one), 1);
  noteChange(call, `ha/${one.name}`);
  return null;
}

const GROUP = { nodes: TEXT, comment: { ...TEXT, maxLength: 4_096 }, restricted: FLAG, nofailback: FLAG } as const;
const RULE = {
  type: required(oneOf("node-affinity", "resource-affinity")),
  resources: TEXT,
  nodes: TEXT,
  strict: FLAG,
  affinity: oneOf("positive", "negative"),
  comment: { ...TEXT, maxLength: 4_096 },
  disable: FLAG,
} as const;
const CHANGE = { delete: { ...TEXT, maxLength: 4_096 }, digest: { ...TEXT, maxLength: 64 } } as const;

const groupsOf8 = (): Route[] => [
  get("/cluster/ha/groups", ({ world }) => world.haRules.map(group), audit),
  post("/cluster/ha/groups", (call) => add(call, textOf(call.parameters, "group") ?? "", "ha group"), {
    ...may,
    rules: { ...GROUP, group: required(TEXT), nodes: required(TEXT), type: oneOf("group") },
  }),
  get("/cluster/ha/groups/{group}", (call) => group(found(call, call.path.group, "ha group")), audit),
  put("/cluster/ha/groups/{group}", (call) => write(call, found(call, call.path.group, "ha group")), { ...may, rules: { ...GROUP, ...CHANGE } }),
  remove("/cluster/ha/groups/{group}", (call) => drop(call, found(call, call.path.group, "ha group")), may),
];

const groupsOf9 = (): Route[] => [
  get(
    "/cluster/ha/groups",
    () => {
      throw failure(500, `cannot index groups: ${MIGRATED}`);
    },
    audit,
  ),
  get(
    "/cluster/ha/groups/{group}",
    () => {
      throw failure(500, `cannot read group config: ${MIGRATED}`);
    },
    audit,
  ),
  get(
    "/cluster/ha/rules",
    ({ world, parameters }) => world.haRules.filter((one) => !textOf(parameters, "resource") || one.resources.includes(textOf(parameters, "resource") ?? "")).map(rule),
    { ...audit, rules: { type: oneOf("node-affinity", "resource-affinity"), resource: TEXT } },
  ),
  post("/cluster/ha/rules", (call) => add(call, textOf(call.parameters, "rule") ?? "", "ha rule"), { ...may, rules: { ...RULE, rule: required(TEXT), resources: required(TEXT) } }),
  get("/cluster/ha/rules/{rule}", (call) => rule(found(call, call.path.rule, "ha rule")), audit),
  put("/cluster/ha/rules/{rule}", (call) => write(call, found(call, call.path.rule, "ha rule")), { ...may, rules: { ...RULE, ...CHANGE } }),
  remove("/cluster/ha/rules/{rule}", (call) => drop(call, found(call, call.path.rule, "ha rule")), may),
];

export const haRuleRoutes = (dialect: Dialect): Route[] => (dialect === "9.1" ? groupsOf9() : groupsOf8());
