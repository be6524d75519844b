// What a lab folder keeps between runs: certificates, tokens and passwords, made once, and how the house was left; readable by the owner alone. It refuses a kept file it cannot read as its own.
import { randomBytes, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { type Certificate, makeCertificate } from "./tls.ts";
import { Kept } from "./world/kept.ts";

const Secrets = z.object({
  read: z.string(),
  act: z.string(),
  automation: z.string(),
  /** The key tickets are signed with. */
  ticketKey: z.string(),
  passwords: z.record(z.string(), z.string()),
  certificates: z.record(z.string(), z.object({ cert: z.string(), key: z.string() })),
});
export type Secrets = z.infer<typeof Secrets>;

const USERS = ["root@pam", "olli@pve", "guest@pve", "jarvis@pve"];
const PRIVATE = 0o600;
const PRIVATE_FOLDER = 0o700;

/** Writes a file whole or not at all: a temporary one beside it, then a rename. */
export function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: PRIVATE_FOLDER });
  const draft = `${path}.${process.pid}.new`;
  writeFileSync(draft, text, { mode: PRIVATE });
  renameSync(draft, path);
}

const password = (): string => randomBytes(12).toString("base64url");

export function makeSecrets(): Secrets {
  return {
    read: randomUUID(),
    act: randomUUID(),
    automation: randomUUID(),
    ticketKey: randomBytes(32).toString("hex"),
    passwords: Object.fromEntries(USERS.map((user) => [user, password()])),
    certificates: {},
  };
}

function readKept(path: string): Secrets {
  if (!existsSync(path)) return makeSecrets();
  const kept = Secrets.safeParse(JSON.parse(readFileSync(path, "utf8")));
  if (!kept.success) throw new Error(`${path} is not what a lab keeps there; remove it to have new tokens and certificates`);
  return kept.data;
}

const Stopped = z.object({ world: z.string(), kept: Kept });
const housePath = (dir: string): string => join(dir, "house.json");

/** How the world `world` was left; undefined when it never was, another one was, or it cannot be read: then it begins anew. */
export function readHouse(dir: string, world: string): Kept | undefined {
  try {
    const stopped = Stopped.parse(JSON.parse(readFileSync(housePath(dir), "utf8")));
    return stopped.world === world ? stopped.kept : undefined;
  } catch {
    return undefined;
  }
}

export const keepHouse = (dir: string, world: string, kept: Kept): void => writeWhole(housePath(dir), JSON.stringify({ world, kept }));

/** The folder's secrets, with a certificate for each of these nodes; what was missing is made and kept. */
export function keepSecrets(dir: string, nodes: readonly string[], now: Date): Secrets {
  const path = join(dir, "secrets.json");
  const secrets = readKept(path);
  const missing = nodes.filter((node) => !secrets.certificates[node]);
  const made = Object.fromEntries(missing.map((node): [string, Certificate] => [node, makeCertificate(node, now)]));
  const whole = { ...secrets, certificates: { ...secrets.certificates, ...made } };
  writeWhole(path, `${JSON.stringify(whole, undefined, 1)}\n`);
  return whole;
}
