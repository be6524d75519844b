// What the machine Jarvis runs on says of itself: firmware uuid, MACs, addresses, container, gateway, name servers. Reads; never acts.
import { readdirSync, readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { JarvisError } from "../contract/error.ts";
import { defaultRoute, nameServers, readText } from "./uplink.ts";

/** Absent: could not be read. `containerId`: Docker's id of the container Jarvis runs in. */
const Identity = z.object({
  productUuid: z.string().optional(),
  machineId: z.string().optional(),
  containerId: z.string().optional(),
  macs: z.array(z.string()).default([]),
  addresses: z.array(z.string()).default([]),
  gateway: z.string().optional(),
  nameServers: z.array(z.string()).optional(),
});
export type Identity = z.infer<typeof Identity>;

const entries = (path: string): string[] => {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
};

const dashed = (machineId: string): string => machineId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

/** Interfaces with a device behind them, and the one the default route leaves by: bridges and veths of containers are nobody's identity. */
const ownInterfaces = (root: string): string[] => {
  const solid = entries(join(root, "sys/class/net")).filter((name) => entries(join(root, "sys/class/net", name)).includes("device"));
  const first = defaultRoute(root)?.name;
  return [...new Set([...solid, ...(first === undefined ? [] : [first])])];
};

const fromMachine = (root: string): Identity => {
  const productUuid = readText(join(root, "sys/class/dmi/id/product_uuid"));
  const machineId = readText(join(root, "etc/machine-id"));
  const hasDmi = entries(join(root, "sys/class/dmi/id")).length > 0;
  const names = ownInterfaces(root);
  const interfaces = networkInterfaces();
  const gateway = defaultRoute(root)?.gateway;
  const containerId = /\/containers\/([0-9a-f]{64})\//.exec(readText(join(root, "proc/self/mountinfo")) ?? "")?.[1];
  return {
    ...(productUuid === undefined ? {} : { productUuid }),
    ...(machineId === undefined || hasDmi ? {} : { machineId: dashed(machineId) }),
    ...(containerId === undefined ? {} : { containerId }),
    ...(gateway === undefined ? {} : { gateway }),
    nameServers: nameServers(root),
    macs: names.flatMap((name) => readText(join(root, "sys/class/net", name, "address")) ?? []),
    addresses: names.flatMap((name) => (interfaces[name] ?? []).filter(({ internal }) => !internal).map(({ address }) => address)),
  };
};

/**
 * `file`: hands the identity over instead of the machine (tests and the lab; the caller has checked that it may).
 * Throws configuration when that file is not readable or makes no sense.
 */
export const readIdentity = ({ file, root = "/" }: { file?: string; root?: string } = {}): Identity => {
  if (file === undefined) return fromMachine(root);
  const parsed = Identity.safeParse(parseJson(file));
  if (!parsed.success) throw new JarvisError("configuration", { message: `${file} is no identity: ${z.prettifyError(parsed.error)}` });
  return parsed.data;
};

const parseJson = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (thrown) {
    throw new JarvisError("configuration", { message: `${file} cannot be read as JSON: ${String(thrown)}`, cause: thrown });
  }
};
