// A guest's configuration: read with its digest, written key by key under the digest, what waits for the next start shown as pending. It refuses a stale digest, a lock, and keys the caller has no privilege for, in Proxmox's words.
import { failure, forbidden } from "../../front/failure.ts";
import { COUNT, FLAG, flagOf, type Parameters, TEXT, textOf } from "../../front/parameters.ts";
import { type Call, get, needs, needsAny, post, put, type Route } from "../../front/route.ts";
import { ownerOf } from "../../world/accounts.ts";
import { digestOf } from "../../world/config.ts";
import { resized } from "../../world/guests/size.ts";
import { label, refuseLocked } from "../../world/power.ts";
import type { ConfigValue, Dialect, Guest } from "../../world/state.ts";
import { begin, noteChange } from "../work.ts";
import { CONFIG_PRIVILEGES, configRules, privilegeOf, ROOT_ONLY, takesAtOnce } from "./config-rules.ts";
import { guestOf, KINDS, type Kind, refuseSkiplock } from "./find.ts";

const ORDERS = new Set(["delete", "digest", "skiplock", "revert", "force", "background_delay", "import-working-storage"]);
const MUST_STAY: Readonly<Record<Kind, readonly string[]>> = { qemu: [], lxc: ["rootfs", "arch", "ostype"] };

const keysIn = (text: string | undefined): string[] => text?.split(/[,;\s]+/).filter(Boolean) ?? [];
const sortedTags = (text: string): string => [...new Set(text.split(/[,;\s]+/).filter(Boolean))].sort().join(";");
const withLock = (guest: Guest): Record<string, ConfigValue> => (guest.lock ? { ...guest.config, lock: guest.lock } : guest.config);

function written(parameters: Parameters): Record<string, ConfigValue> {
  const kept = Object.entries(parameters).filter(([key]) => !ORDERS.has(key));
  return Object.fromEntries(
    kept.map(([key, value]) => [key, typeof value === "boolean" ? Number(value) : typeof value === "number" ? value : key === "tags" ? sortedTags(String(value)) : String(value)]),
  );
}

function refuseKeys(call: Call, kind: Kind, vmid: number, keys: readonly string[]): void {
  for (const key of keys) {
    if (ROOT_ONLY.has(key) && ownerOf(call.who) !== "root@pam") throw failure(500, `only root can set '${key}' config`);
    const privilege = privilegeOf(kind, key);
    if (!ROOT_ONLY.has(key) && !call.world.accounts.may(call.who, `/vms/${vmid}`, privilege)) throw forbidden(`/vms/${vmid}, ${privilege}`);
  }
}

function refuseState(call: Call, guest: Guest): void {
  const digest = textOf(call.parameters, "digest");
  if (digest !== undefined && digest !== digestOf(withLock(guest))) throw failure(500, "detected modified configuration - file changed by other user? Try again.");
  try {
    if (!flagOf(call.parameters, "skiplock")) refuseLocked(guest);
  } catch (error) {
    throw failure(500, error instanceof Error ? error.message : String(error));
  }
}

function setKey(guest: Guest, key: string, value: ConfigValue | null): void {
  if (key === "lock") {
    if (value === null) delete guest.lock;
    else guest.lock = String(value);
    return;
  }
  if (guest.status === "running" && !takesAtOnce(guest.kind, key)) {
    if (guest.config[key] === value || (value === null && guest.config[key] === undefined)) delete guest.pending[key];
    else guest.pending[key] = value;
    return;
  }
  delete guest.pending[key];
  if (value === null) delete guest.config[key];
  else guest.config[key] = value;
}

function change(kind: Kind): (call: Call) => Guest {
  return (call) => {
    const guest = guestOf(call, kind);
    const changes = written(call.parameters);
    const [dropped, reverted] = [keysIn(textOf(call.parameters, "delete")), keysIn(textOf(call.parameters, "revert"))];
    if (Object.keys(changes).length + dropped.length + reverted.length === 0) throw failure(500, "no options specified");
    refuseSkiplock(call);
    refuseKeys(call, kind, guest.vmid, [...Object.keys(changes), ...dropped, ...reverted]);
    refuseState(call, guest);
    const needed = dropped.find((key) => MUST_STAY[kind].includes(key));
    if (needed) throw failure(500, `unable to delete required option '${needed}'`);
    guest.config = { ...guest.config };
    for (const key of reverted) delete guest.pending[key];
    for (const key of dropped) setKey(guest, key, null);
    for (const [key, value] of Object.entries(changes)) setKey(guest, key, value);
    resized(guest);
    noteChange(call, `guest/${guest.vmid}`);
    return guest;
  };
}

/** Without `current` the values that wait for a restart are shown as if they were in force. */
function read(kind: Kind): Route["run"] {
  return (call) => {
    const guest = guestOf(call, kind);
    const name = textOf(call.parameters, "snapshot");
    if (name !== undefined) {
      const snapshot = guest.snapshots.find((one) => one.name === name);
      if (!snapshot) throw failure(500, `snapshot '${name}' does not exist`);
      return { ...(snapshot.config ?? guest.config), snaptime: snapshot.snaptime, digest: digestOf(withLock(guest)) };
    }
    const waiting = flagOf(call.parameters, "current") ? [] : Object.entries(guest.pending);
    const shown = new Map(Object.entries(withLock(guest)));
    for (const [key, value] of waiting) {
      if (value === null) shown.delete(key);
      else shown.set(key, value);
    }
    return { ...Object.fromEntries(shown), ...(guest.parent ? { parent: guest.parent } : {}), digest: digestOf(withLock(guest)) };
  };
}

function pending(kind: Kind): Route["run"] {
  return (call) => {
    const guest = guestOf(call, kind);
    const keys = new Set([...Object.keys(withLock(guest)), ...Object.keys(guest.pending)]);
    const rows = [...keys].sort().map((key) => {
      const [value, next] = [withLock(guest)[key], guest.pending[key]];
      return { key, ...(value === undefined ? {} : { value }), ...(next === undefined ? {} : next === null ? { delete: 1 } : { pending: next }) };
    });
    return [...rows, { key: "digest", value: digestOf(withLock(guest)) }];
  };
}

const writeInTask: Route["run"] = (call) => {
  const guest = change("qemu")(call);
  return begin(call, { node: guest.node, type: "qmconfig", id: String(guest.vmid), target: `guest/${guest.vmid}`, words: `update ${label(guest)}`, work: () => undefined });
};

function both(kind: Kind, dialect: Dialect): Route[] {
  const base = `/nodes/{node}/${kind}/{vmid}`;
  const audit = needs("/vms/{vmid}", "VM.Audit");
  const may = needsAny("/vms/{vmid}", ...CONFIG_PRIVILEGES[kind]);
  const write = change(kind);
  const rules = configRules(kind, dialect);
  return [
    get(`${base}/config`, read(kind), { ...audit, rules: { current: FLAG, snapshot: TEXT } }),
    put(
      `${base}/config`,
      (call) => {
        write(call);
        return null;
      },
      { ...may, rules },
    ),
    get(`${base}/pending`, pending(kind), audit),
    ...(kind === "qemu" ? [post(`${base}/config`, writeInTask, { ...may, rules: { ...rules, background_delay: COUNT, "import-working-storage": TEXT } })] : []),
  ];
}

export const configRoutes = (dialect: Dialect): Route[] => KINDS.flatMap((kind) => both(kind, dialect));
