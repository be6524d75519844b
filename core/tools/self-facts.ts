// What Jarvis is and what it cannot do without, fact by fact, each with how it is known: what carries it, the storage under its disk and who serves it, name server, gateway, reverse proxy, model host. Pure; invents nothing: what cannot be known from here is told as that.
import type { SelfFact, SelfRole } from "../contract/self.ts";
import { type Candidate, type Identity, isHere, type JustRead, type Lifeline, matchedBy, type SelfView } from "./self.ts";

/** Since when it is known so is the caller's to say. `where`: the address or name that leads there. */
export type Fact = Omit<SelfFact, "at"> & { readonly where?: string };

interface Sought {
  readonly own: Identity;
  /** Where `own` was read. */
  readonly source: string;
  /** `self:` of jarvis.yaml. */
  readonly setting: string;
  readonly view: SelfView;
  readonly candidates: readonly Candidate[];
  /** `server.trustProxy`. */
  readonly proxies: readonly string[];
  /** Host of `models.local.baseUrl`. */
  readonly modelHost: string | undefined;
  /** The one guest or node that has this address or name. */
  readonly carrierOf: (where: string) => string | undefined;
  /** How many guests there are of whom it was not read who they are. */
  readonly unread: number;
}

type Find = (id: string) => Candidate | undefined;

const MOST = 10;
const named = (id: string, find: Find): string => {
  const name = find(id)?.name;
  return name === undefined || id.endsWith(`/${name}`) ? id : `${id} (${name})`;
};
const cut = (words: string): string => words.slice(0, 400);

const machine = ({ own, source }: Sought): Fact => {
  const signs = [own.productUuid ?? own.machineId, ...own.macs, ...own.addresses.filter((address) => !isHere(address))].filter((sign) => sign !== undefined);
  const words = signs.length === 0 ? "Not known: it can read neither a firmware uuid nor a MAC nor an address of its own." : signs.join(", ");
  return { role: "machine", words: cut(words), how: source, guarded: "no" };
};

const ROLE_OF: Readonly<Record<string, SelfRole>> = { container: "container", service: "engine", guest: "guest", node: "node" };

const carriers = ({ own, setting, view, candidates }: Sought, find: Find): Fact[] => {
  const facts = view.resources.slice(0, MOST).map((id): Fact => {
    const one = find(id);
    const signs = setting === "auto" && one ? matchedBy(own, one) : [];
    const above = candidates.find(({ id: other, parent }) => parent === id && view.resources.includes(other));
    const how = id === setting ? "self in jarvis.yaml says so" : signs.length > 0 ? `${signs.join(" and ")} is its own` : above ? `${above.id} runs on it` : "it carries Jarvis";
    return { role: ROLE_OF[one?.kind ?? id.split("/")[0] ?? ""] ?? "engine", id, words: named(id, find), how: cut(how), guarded: "always" };
  });
  const has = (role: SelfRole): boolean => facts.some((fact) => fact.role === role);
  const [words, how] = view.state === "unknown" ? ["Not known.", view.words] : ["None that Jarvis sees.", view.words];
  const lacking = (["guest", "node"] as const).filter((role) => !has(role)).map((role): Fact => ({ role, words, how: cut(how), guarded: "no" }));
  const bare: Fact[] = has("container")
    ? []
    : [
        own.containerId === undefined
          ? { role: "container", words: "None.", how: "no container's id among its signs", guarded: "no" }
          : { role: "container", words: `${own.containerId.slice(0, 12)}, none that Jarvis sees.`, how: "its own container's id", guarded: "no" },
      ];
  return [...bare, ...facts, ...lacking];
};

/** What a disk of its own lies on, and who serves that over the network. */
const storages = ({ view, carrierOf, unread }: Sought, find: Find): Fact[] => {
  const under = view.resources.flatMap((id) => (find(id)?.needs ?? []).map((need) => ({ id: need, of: id })));
  const found = [...new Map(under.map((one) => [one.id, one])).values()].slice(0, MOST);
  if (found.length === 0) return [{ role: "storage", words: view.state === "guest" ? "Not known." : "None that Jarvis sees.", how: "no disk of its own is told", guarded: "no" }];
  return found.flatMap(({ id, of }): Fact[] => {
    const storage: Fact = { role: "storage", id, words: named(id, find), how: `a disk of ${of} lies on it`, guarded: "disruptive" };
    const where = find(id)?.labels?.server;
    return where === undefined ? [storage] : [storage, reached("server", where, `${id} is served from ${where}`, { carrierOf, find, view, unread })];
  });
};

interface Reach extends Pick<Sought, "carrierOf" | "unread"> {
  readonly find: Find;
  readonly view: SelfView;
}

/** Where an address or name leads. What Jarvis itself runs on is guarded as that already. */
const reached = (role: SelfRole, where: string, how: string, { carrierOf, find, view, unread }: Reach): Fact => {
  if (isHere(where)) return { role, words: cut(`${where}, on this machine itself`), how: cut(how), guarded: "no" };
  const id = carrierOf(where);
  const doubt = unread === 0 ? "" : `; the addresses of ${unread} of them are not known`;
  if (id === undefined) return { role, words: cut(`${where}, none of the machines Jarvis sees${doubt}`), how: cut(how), guarded: "no", where };
  const guarded = view.resources.includes(id) ? "always" : role === "model" ? "no" : "disruptive";
  return { role, id, words: cut(`${named(id, find)}, ${where}`), how: cut(how), guarded };
};

const nameServers = ({ own: { nameServers: servers = [] } }: Sought, reach: Reach): Fact[] => {
  if (servers.length === 0) return [{ role: "dns", words: "Not known.", how: "no name server among its signs", guarded: "no" }];
  const how = "it asks there for names";
  return servers.slice(0, MOST).map((server): Fact => {
    if (isHere(server)) return { role: "dns", words: `${server}, a forwarder of this machine; whom it asks is not known from here.`, how, guarded: "no" };
    return reached("dns", server, how, reach);
  });
};

const gateway = ({ own }: Sought, reach: Reach): Fact =>
  own.gateway === undefined
    ? { role: "gateway", words: "Not known.", how: "no default route among its signs", guarded: "no" }
    : reached("gateway", own.gateway, "its default route leads there", reach);

const proxy = ({ proxies }: Sought, reach: Reach): Fact[] =>
  proxies.length === 0
    ? [{ role: "proxy", words: "None.", how: "server.trustProxy in jarvis.yaml names none", guarded: "no" }]
    : proxies.slice(0, MOST).map((where) => reached("proxy", where, "server.trustProxy in jarvis.yaml names it", reach));

const model = ({ modelHost }: Sought, reach: Reach): Fact =>
  modelHost === undefined
    ? { role: "model", words: "None.", how: "models.local in jarvis.yaml names none; it acts by rules alone", guarded: "no" }
    : reached("model", modelHost, "models.local in jarvis.yaml names it; rules go on without it", reach);

export const selfFacts = (sought: Sought): Fact[] => {
  const byId = new Map(sought.candidates.map((one) => [one.id, one]));
  const find: Find = (id) => byId.get(id);
  const reach: Reach = { carrierOf: sought.carrierOf, find, view: sought.view, unread: sought.unread };
  return [
    machine(sought),
    ...carriers(sought, find),
    ...storages(sought, find),
    ...nameServers(sought, reach),
    gateway(sought, reach),
    ...proxy(sought, reach),
    model(sought, reach),
  ];
};

const CUTS: Partial<Readonly<Record<SelfRole, string>>> = {
  storage: "holds Jarvis's own disk",
  server: "serves the storage of Jarvis's own disk",
  dns: "is Jarvis's name server",
  gateway: "is Jarvis's way out",
  proxy: "is the reverse proxy people reach Jarvis by",
};

/** What may be started and not disturbed: those facts, and what carries them up to a guest. A node names its guests itself when it is to go down. */
export const lifelinesOf = (facts: readonly Fact[], candidates: readonly Candidate[]): Lifeline[] => {
  const byId = new Map(candidates.map((one) => [one.id, one]));
  return facts.flatMap(({ role, id, words, how, guarded }) => {
    const what = CUTS[role];
    if (id === undefined || guarded !== "disruptive" || what === undefined) return [];
    const why = `${words} ${what} (${how}), and Jarvis does not cut itself off. Do it by hand, where Jarvis is not needed for it.`;
    const found: Lifeline[] = [{ id, words: why }];
    for (let up = byId.get(id)?.parent; up !== undefined && !up.startsWith("node/") && found.length < MOST; up = byId.get(up)?.parent)
      found.push({ id: up, words: `${up} carries ${why}` });
    return found;
  });
};

/** What Jarvis cannot do without and found on nothing it sees. */
const openOf = (facts: readonly Fact[]): Fact[] => facts.filter(({ role, id, where }) => id === undefined && where !== undefined && CUTS[role] !== undefined);

/** Guests of whom it was not read who they are, while any of them may be what Jarvis cannot do without. */
export const strangersOf = (facts: readonly Fact[], unread: readonly string[]): ReadonlySet<string> => new Set(openOf(facts).length === 0 ? [] : unread);

/** `leadsTo`: whether that address or name is the one's that was just read. */
export const lifelineNow = (facts: readonly Fact[], { id, name }: JustRead, leadsTo: (where: string) => boolean): Lifeline | undefined => {
  const found = openOf(facts).find(({ where }) => where !== undefined && leadsTo(where));
  return found && lifelinesOf([{ ...found, id, words: cut(`${id} (${name}), ${found.where}`), guarded: "disruptive" }], [])[0];
};
