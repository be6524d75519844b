// Paths and parameters of the Proxmox API. Every filled-in part is escaped, so that a name can never become another path; flags are 1 and 0, lists repeat their key (proxmox.md 1).

/** path`/nodes/${node}/tasks/${upid}/status` */
export const path = (words: TemplateStringsArray, ...parts: readonly (string | number)[]): string =>
  words.map((word, index) => (index < parts.length ? word + encodeURIComponent(String(parts[index])) : word)).join("");

type Plain = string | number | boolean;
/** What is undefined is not sent; an empty list is not sent either, as Proxmox has no word for it. */
export type Query = Readonly<Record<string, Plain | readonly Plain[] | undefined>>;

const written = (value: Plain): string => (typeof value === "boolean" ? (value ? "1" : "0") : String(value));

/** `a=1&b=x&b=y`, as pveproxy reads it in a query and in a form. */
export const encoded = (query: Query): string => {
  const pairs = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of typeof value === "object" ? value : [value]) pairs.append(key, written(one));
  }
  return pairs.toString();
};

export const withQuery = (bare: string, query: Query = {}): string => {
  const text = encoded(query);
  return text === "" ? bare : `${bare}?${text}`;
};

const MOST_CHARACTERS = 120;
const HELD: readonly { under: RegExp; name: string }[] = [
  { under: /^(\/nodes)\/[^/]+/, name: "node" },
  { under: /(\/(?:qemu|lxc))\/[^/]+/, name: "vmid" },
  { under: /(\/tasks)\/[^/]+/, name: "upid" },
  { under: /(\/storage)\/[^/]+/, name: "storage" },
  { under: /(\/snapshot)\/[^/]+/, name: "snapname" },
  { under: /(\/services)\/[^/]+/, name: "service" },
  { under: /(\/content)\/[^/]+/, name: "volume" },
  { under: /^(\/pools)\/[^/]+/, name: "poolid" },
  { under: /(\/(?:resources|replication|backup|rules|groups|users|token|roles))\/[^/]+/, name: "id" },
];

/** The path as the API viewer writes it, `/nodes/{node}/qemu/{vmid}/config`: few names for many calls. */
export const templateOf = (full: string): string =>
  HELD.reduce((text, { under, name }) => text.replace(under, `$1/{${name}}`), full.split("?")[0] ?? full).slice(0, MOST_CHARACTERS);

/** The node a path leads to, behind whichever endpoint is asked. */
export const nodeOf = (full: string): string | undefined => {
  const [, name] = /^\/nodes\/([^/?]+)/.exec(full) ?? [];
  return name === undefined ? undefined : decodeURIComponent(name);
};
