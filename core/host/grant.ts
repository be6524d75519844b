// What a plugin gets: its wishes with config filled in, less what the operator denied. Deny beats allow, absent is denied. Pure.
import { PERMISSION_NAMES, type PermissionName, type Permissions, wishValue } from "../contract/permission.ts";
import { destination, isTouchy, written } from "./address.ts";
import { type MemoryFolders, memoryPath } from "./memory-path.ts";
import { fromConfig } from "./wish.ts";

export interface GrantedWish {
  readonly value: string;
  readonly why?: string;
  readonly granted: boolean;
}

export interface Grant {
  readonly wishes: Readonly<Record<PermissionName, readonly GrantedWish[]>>;
  readonly denied: Readonly<Record<PermissionName, readonly string[]>>;
  /** Where `memory:` and `own:` lead. */
  readonly folders: MemoryFolders;
}

export type Denials = Readonly<Partial<Record<PermissionName, readonly string[]>>>;

/** `config:KEY` wishes become what the plugin's configuration holds at KEY, `memory:PATH` and `own:PATH` paths in those folders; a value that is not there is no wish. */
export const createGrant = (permissions: Permissions, config: unknown, denials: Denials = {}, folders: MemoryFolders = {}): Grant => {
  const wishes: Record<PermissionName, GrantedWish[]> = { net: [], run: [], read: [], write: [], env: [], tool: [], state: [] };
  const denied: Record<PermissionName, readonly string[]> = { net: [], run: [], read: [], write: [], env: [], tool: [], state: [] };
  for (const name of PERMISSION_NAMES) {
    denied[name] = denials[name] ?? [];
    for (const wish of permissions[name] ?? []) {
      const why = typeof wish === "string" ? {} : { why: wish.why };
      for (const value of filled(name, wishValue(wish), { config, folders }))
        wishes[name].push({ value, ...why, granted: !denied[name].some((rule) => covers(name, rule, value)) });
    }
  }
  return { wishes, denied, folders };
};

const filled = (name: PermissionName, value: string, { config, folders }: { config: unknown; folders: MemoryFolders }): readonly string[] => {
  const values = value.startsWith("config:") ? fromConfig(name, value.slice("config:".length), config) : [value];
  return name === "read" || name === "write" ? values.flatMap((one) => memoryPath(one, folders) ?? []) : values;
};

/** What paths a rule and a question must have: resolved ones (real-path.ts). Everything else is compared as written. */
export const allows = (grant: Grant, name: PermissionName, value: string): boolean => {
  if (isDenied(grant, name, value)) return false;
  return grant.wishes[name].some((wish) => wish.granted && covers(name, wish.value, value));
};

export const isDenied = (grant: Grant, name: PermissionName, value: string): boolean => grant.denied[name].some((rule) => covers(name, rule, value));

/** Does the rule take in the value? `net`: host or host:port or unix:PATH; paths: the folder and all in it; `run`, `env`: exactly; `tool`, `state`: globs. */
export const covers = (name: PermissionName, rule: string, value: string): boolean => {
  if (name === "net") return coversNet(rule, value);
  if (name === "read" || name === "write") return coversPath(rule, value);
  if (name === "run" || name === "env") return rule === value;
  return glob(rule).test(value);
};

const coversNet = (rule: string, value: string): boolean => {
  if (rule.startsWith("unix:") || value.startsWith("unix:")) return rule.startsWith("unix:") && value.startsWith("unix:") && coversPath(rule.slice(5), value.slice(5));
  const [have, want] = [destination(rule), destination(value)];
  return have !== undefined && want !== undefined && have.host === want.host && (have.port === undefined || have.port === want.port);
};

const coversPath = (rule: string, value: string): boolean => {
  const folder = rule.length > 1 ? rule.replace(/\/+$/, "") : rule;
  return folder === "/" || value === folder || value.startsWith(`${folder}/`);
};

/** `*` stands for one part of a channel's name or any letters of a tool's, `**` for any parts. */
const glob = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replace(/[\\^$.+?()[\]{}|]/g, "\\$&").replace(/\/?\*\*|\*/g, (star) => (star === "/**" ? "(/.*)?" : star === "**" ? ".*" : "[^/]*"))}$`);

/** May an address be dialled to which a granted name resolved? Link-local and metadata ones only when granted as such. */
export const allowsAddress = (grant: Grant, address: string, port: number): boolean => !isTouchy(address) || allows(grant, "net", written({ host: address, port }));

/** Every network destination and socket path that is really granted. */
export const destinations = (grant: Grant): { net: string[]; sockets: string[] } => {
  const granted = grant.wishes.net.filter((wish) => wish.granted).map((wish) => wish.value);
  return { net: granted.filter((value) => !value.startsWith("unix:")), sockets: granted.filter((value) => value.startsWith("unix:")).map((value) => value.slice(5)) };
};
