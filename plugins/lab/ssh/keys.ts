// The keys of the lab's SSH servers: one host key a node, one key that may log in; made once a folder and kept. It refuses a kept file it cannot read as its own.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ssh2 from "ssh2";
import { z } from "zod";
import { writeWhole } from "../keep.ts";

const OWNER_ONLY = 0o700;

const Hosts = z.record(z.string(), z.object({ private: z.string(), public: z.string() }));

export interface SshKeys {
  /** Path of the private key that may log in as root, in OpenSSH's format. */
  identityFile: string;
  /** Its public half, `ssh-ed25519 AAAA... jarvis@lab`. */
  publicKey: string;
  /** Private host keys by node. */
  hosts: Record<string, KeyPair>;
}

export interface KeyPair {
  private: string;
  public: string;
}

const MOST_TRIES = 20;
const ed25519 = (comment: string): KeyPair => ssh2.utils.generateKeyPairSync("ed25519", { comment });

/** Whether both halves can be read and belong together. */
function isSound(pair: KeyPair): boolean {
  const [own, shown] = [ssh2.utils.parseKey(pair.private), ssh2.utils.parseKey(pair.public)];
  if (own instanceof Error || shown instanceof Error) return false;
  const probe = Buffer.from("jarvis");
  const signature = own.sign(probe);
  return !(signature instanceof Error) && shown.verify(probe, signature) === true;
}

/** One key in some hundreds comes out of ssh2's generator in a form its own reader refuses; such a one is made anew. */
export function makeKeyPair(comment: string, generate: (comment: string) => KeyPair = ed25519): KeyPair {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const pair = generate(comment);
    if (isSound(pair)) return pair;
  }
  throw new Error(`no readable SSH key came out of ${MOST_TRIES} tries`);
}

/** `SHA256:...` as `ssh-keygen -l` prints it. */
export function sshFingerprint(publicKey: string): string {
  const blob = Buffer.from(publicKey.split(" ")[1] ?? "", "base64");
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

export function keepSshKeys(dir: string, nodes: readonly string[]): SshKeys {
  const folder = join(dir, "ssh");
  mkdirSync(folder, { recursive: true, mode: OWNER_ONLY });
  const identityFile = join(folder, "id_ed25519");
  if (!existsSync(identityFile)) {
    const pair = makeKeyPair("jarvis@lab");
    writeWhole(`${identityFile}.pub`, `${pair.public}\n`);
    writeWhole(identityFile, pair.private);
  }
  const path = join(folder, "host-keys.json");
  const kept = existsSync(path) ? Hosts.safeParse(JSON.parse(readFileSync(path, "utf8"))) : { success: true as const, data: {} };
  if (!kept.success) throw new Error(`${path} is not what a lab keeps there; remove it to have new host keys`);
  const hosts = { ...kept.data };
  for (const node of nodes) hosts[node] ??= makeKeyPair(`root@${node}`);
  writeWhole(path, `${JSON.stringify(hosts, undefined, 1)}\n`);
  return { identityFile, publicKey: readFileSync(`${identityFile}.pub`, "utf8").trim(), hosts };
}
