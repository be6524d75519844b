// The firewall at its three levels, to look at: options, rules, log, and for the cluster groups, sets and aliases. Nothing here changes it.
import { failure } from "../front/failure.ts";
import { COUNT, numberOf } from "../front/parameters.ts";
import { answer, type Call, get, needs, type Route } from "../front/route.ts";
import type { Firewall, FirewallRule } from "../world/firewall.ts";
import { guestOf, KINDS } from "./guests/find.ts";
import { nodeOf } from "./nodes/status.ts";

const LOG_LIMIT = 50;

type Find = (call: Call) => Firewall;

const shown = (rule: FirewallRule, pos: number) => ({ ...rule, pos, enable: rule.enable ? 1 : 0 });
const digested = <T extends object>(value: T) => ({ ...value, digest: new Bun.CryptoHasher("sha1").update(JSON.stringify(value)).digest("hex") });

const rules =
  (find: Find): Route["run"] =>
  (call) =>
    find(call).rules.map(shown).map(digested);

function rule(find: Find): Route["run"] {
  return (call) => {
    const pos = Number(call.path.pos);
    const one = find(call).rules[pos];
    if (!one) throw failure(500, `no rule at position ${call.path.pos}`);
    return digested(shown(one, pos));
  };
}

function log(find: Find): Route["run"] {
  return (call) => {
    const lines = find(call).log;
    const start = numberOf(call.parameters, "start") ?? 0;
    const limit = numberOf(call.parameters, "limit") ?? LOG_LIMIT;
    const page = lines.slice(start, limit > 0 ? start + limit : undefined).map((t, index) => ({ n: start + index + 1, t }));
    return answer(page.length > 0 ? page : [{ n: 1, t: "no content" }], { total: Math.max(1, lines.length) });
  };
}

const LOG_RULES = { start: COUNT, limit: COUNT, since: COUNT, until: COUNT } as const;

interface Level {
  base: string;
  find: Find;
  see: ReturnType<typeof needs>;
  seeLog?: ReturnType<typeof needs>;
  options(firewall: Firewall): unknown;
  children: string[];
}

const routesOf = ({ base, find, see, seeLog, options, children }: Level): Route[] => [
  get(base, (call) => find(call) && children.map((name) => ({ name }))),
  get(`${base}/options`, (call) => options(find(call)), see),
  get(`${base}/rules`, rules(find), see),
  get(`${base}/rules/{pos}`, rule(find), see),
  ...(seeLog ? [get(`${base}/log`, log(find), { ...seeLog, rules: LOG_RULES })] : []),
];

const policies = ({ policyIn, policyOut }: Firewall) => ({ policy_in: policyIn, policy_out: policyOut });
const audit = needs("/", "Sys.Audit");

const CONNTRACK = {
  nf_conntrack_allow_invalid: 0,
  nf_conntrack_max: 262_144,
  nf_conntrack_tcp_timeout_established: 432_000,
  protection_synflood: 0,
  protection_synflood_burst: 1_000,
  protection_synflood_rate: 200,
};

const CLUSTER: Level = {
  base: "/cluster/firewall",
  find: ({ world }) => world.firewall,
  see: audit,
  options: (firewall) => digested({ enable: firewall.enabled ? 1 : 0, ...policies(firewall) }),
  children: ["rules", "options", "groups", "ipset", "aliases", "macros", "refs"],
};

const NODE: Level = {
  base: "/nodes/{node}/firewall",
  find: (call) => nodeOf(call).firewall,
  see: needs("/nodes/{node}", "Sys.Audit"),
  seeLog: needs("/nodes/{node}", "Sys.Syslog"),
  options: (firewall) =>
    digested({
      enable: firewall.enabled ? 1 : 0,
      log_level_in: "info",
      log_level_out: "nolog",
      smurf_log_level: "nolog",
      tcp_flags_log_level: "nolog",
      nosmurfs: 1,
      tcpflags: 0,
      ndp: 1,
      ...CONNTRACK,
    }),
  children: ["rules", "options", "log"],
};

const GUESTS = KINDS.map(
  (kind): Level => ({
    base: `/nodes/{node}/${kind}/{vmid}/firewall`,
    find: (call) => guestOf(call, kind).firewall,
    see: needs("/vms/{vmid}", "VM.Audit"),
    seeLog: needs("/vms/{vmid}", "VM.Console"),
    options: (firewall) => digested({ enable: firewall.enabled ? 1 : 0, ...policies(firewall), dhcp: 1, macfilter: 1 }),
    children: ["rules", "options", "log", "ipset", "aliases", "refs"],
  }),
);

export const firewallRoutes = (): Route[] => [
  ...[CLUSTER, NODE, ...GUESTS].flatMap(routesOf),
  get("/cluster/firewall/groups", () => []),
  get("/cluster/firewall/ipset", () => [], audit),
  get("/cluster/firewall/aliases", () => [], audit),
];
