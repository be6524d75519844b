// The rest of the house beside the cluster's API: SSH on every node, the backup server, the model, the mail catcher, the cards that are woken, the shares. It opens them and says where they are.
import type { Doors } from "./door.ts";
import type { Traffic } from "./front/traffic.ts";
import type { Secrets } from "./keep.ts";
import type { Mailbox } from "./mail/server.ts";
import { createModelServer, type ModelWhereabouts, modelHostIsUp, modelKey, whereabouts } from "./model/server.ts";
import type { Troubles } from "./model/trouble.ts";
import { createPbsServer, type PbsTokens, pbsIsUp, pbsTokens } from "./pbs/server.ts";
import { PBS_NODE, type Pbs } from "./pbs/state.ts";
import { LOOPBACK } from "./ports.ts";
import { createNfs, EXPORT, isServed } from "./share/nfs.ts";
import { keepSshKeys, sshFingerprint } from "./ssh/keys.ts";
import { createSshServer } from "./ssh/server.ts";
import { fingerprintOf } from "./tls.ts";
import { startWake } from "./wake.ts";
import { runs } from "./world/machine/services.ts";
import type { World } from "./world/state.ts";

export interface Whereabouts {
  ssh: { user: string; identityFile: string; hosts: { name: string; host: string; port: number; hostKey: string; fingerprint: string }[] };
  /** Absent in a world without a PBS storage. */
  pbs?: { url: string; fingerprint: string; tokens: PbsTokens; datastores: string[] };
  /** One listener for both wires. */
  model: ModelWhereabouts;
  mail: { host: string; port: number };
  /** Where magic packets are taken, by UDP, and which card is whose. */
  wake: { host: string; port: number; cards: { node: string; mac: string }[] };
  /** NFS shares: every RPC program of one answers on its one port. */
  shares: { storage: string; kind: "nfs"; host: string; port: number; export: string }[];
}

interface Order {
  world: World;
  dir: string;
  secrets: Secrets;
  traffic: Traffic;
  doors: Doors;
  pbs: Pbs;
  mailbox: Mailbox;
  troubles: Troubles;
  /** The port after the nodes' own; 0 takes free ones. */
  firstPort: number;
  /** Told how to close what no door holds. */
  ending(end: () => Promise<void>): void;
}

/** More than this are not served. */
const MAX_SHARES = 20;
/** PBS takes the first port, the model the second, then come SSH, mail, the cards and the shares. */
const MODEL_OFFSET = 1;
const SSH_OFFSET = 2;

export async function openNeighbours({ world, dir, secrets, traffic, doors, pbs, mailbox, troubles, firstPort, ending }: Order): Promise<Whereabouts> {
  const portOf = (offset: number): number => (firstPort === 0 ? 0 : firstPort + offset);
  const nodes = [...world.nodes.values()];
  const keys = keepSshKeys(
    dir,
    nodes.map((node) => node.name),
  );
  const hosts: Whereabouts["ssh"]["hosts"] = [];
  for (const [index, node] of nodes.entries()) {
    const key = keys.hosts[node.name];
    if (!key) throw new Error(`there is no host key for ${node.name}`);
    const port = await doors.open({
      make: () => createSshServer({ world, node, hostKey: key.private, authorized: keys.publicKey, traffic }),
      port: portOf(SSH_OFFSET + index),
      isOpen: () => node.power === "on" && runs(node.machine, "sshd"),
    });
    const [type = "", blob = ""] = key.public.split(" ");
    hosts.push({ name: node.name, host: LOOPBACK, port, hostKey: `${type} ${blob}`, fingerprint: sshFingerprint(key.public) });
  }
  const key = modelKey(secrets.ticketKey);
  const modelAt = await doors.open({
    make: () => createModelServer({ key, clock: world.clock, traffic, troubles, isHostUp: () => modelHostIsUp(world) }),
    port: portOf(MODEL_OFFSET),
    isOpen: () => true,
  });
  const mailAt = await doors.open({ make: () => mailbox.server, port: portOf(SSH_OFFSET + nodes.length), isOpen: () => true });
  const wake = await startWake(world, portOf(SSH_OFFSET + nodes.length + 1));
  ending(wake.stop);
  const shared = world.storages.filter(({ seed }) => seed.type === "nfs").slice(0, MAX_SHARES);
  const shares: Whereabouts["shares"] = [];
  for (const [index, storage] of shared.entries()) {
    const port = await doors.open({ make: () => createNfs(world, storage), port: portOf(SSH_OFFSET + nodes.length + 2 + index), isOpen: () => isServed(world, storage) });
    shares.push({ storage: storage.name, kind: "nfs", host: LOOPBACK, port, export: EXPORT });
  }
  const where: Whereabouts = {
    shares,
    ssh: { user: "root", identityFile: keys.identityFile, hosts },
    model: whereabouts(`http://${LOOPBACK}:${modelAt}`, key),
    mail: { host: LOOPBACK, port: mailAt },
    wake: { host: LOOPBACK, port: wake.port, cards: nodes.map(({ name, machine }) => ({ node: name, mac: machine.mac })) },
  };
  const certificate = secrets.certificates[PBS_NODE];
  if (certificate && pbs.datastores.length > 0) {
    const tokens = pbsTokens(secrets.ticketKey);
    const port = await doors.open({ make: () => createPbsServer(pbs, certificate, tokens, traffic), port: portOf(0), isOpen: () => pbsIsUp(world) });
    where.pbs = { url: `https://${LOOPBACK}:${port}`, fingerprint: fingerprintOf(certificate.cert), tokens, datastores: pbs.datastores.map((datastore) => datastore.store) };
  }
  return where;
}
