// Networks made, joined, left and removed. It refuses as the engine does: taken names, its own networks, those in use.
import { z } from "zod";
import { type Ask, type Engine, wordsOf } from "../ask.ts";
import { type Box, isUp } from "../box.ts";
import { Failure } from "../failure.ts";
import { find } from "../find.ts";
import { empty, json } from "../reply.ts";
import { attach, BUILT_IN, digestOf, type Network } from "../stock.ts";

const MAX_NETWORKS = 200;
const Wanted = z.object({
  Name: z.string().default(""),
  Driver: z.string().default("bridge"),
  Internal: z.boolean().default(false),
  Labels: z.record(z.string(), z.string()).nullish(),
});
const Member = z.object({ Container: z.string().default(""), Force: z.boolean().default(false) });

const isBuiltIn = ({ name }: Network): boolean => BUILT_IN.some((one) => one === name);

export function networkAt({ stock }: Pick<Engine, "stock">, word: string): Network {
  const found = stock.networks.find(({ name, id }) => name === word || id === word) ?? stock.networks.find(({ id }) => /^[0-9a-f]{4,}$/.test(word) && id.startsWith(word));
  if (!found) throw new Failure(404, `network ${word} not found`);
  return found;
}

const usersOf = ({ boxes }: Engine, network: Network) => boxes.filter((box) => isUp(box) && box.networks.some(({ id }) => id === network.id));

function freeSubnet({ stock }: Engine): string {
  const taken = new Set(stock.networks.map(({ subnet }) => subnet));
  for (let second = 18; second < 32; second++) for (let third = 0; third < 256; third++) if (!taken.has(`172.${second}.${third}`)) return `172.${second}.${third}`;
  throw new Failure(500, "could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network");
}

export function create(ask: Ask): void {
  const { engine, response } = ask;
  const { Name: name, Driver: driver, Internal: internal, Labels } = wordsOf(ask, Wanted);
  if (name === "") throw new Failure(400, "invalid network name: name is empty");
  if (BUILT_IN.some((one) => one === name)) throw new Failure(403, `operation is not permitted on predefined ${name} network `);
  if (engine.stock.networks.some((one) => one.name === name)) throw new Failure(409, `network with name ${name} already exists`);
  if (engine.stock.networks.length >= MAX_NETWORKS) throw new Failure(500, `the lab keeps at most ${MAX_NETWORKS} networks`);
  const createdMs = engine.clock.now();
  const network: Network = { id: digestOf(`network/${name}/${createdMs}`), name, driver, subnet: freeSubnet(engine), internal, createdMs, labels: Labels ?? {} };
  engine.stock.networks.push(network);
  engine.events.other("network", "create", network.id, { name, type: driver });
  engine.noteOther("network", name, "POST", "/networks/create");
  json(response, 201, { Id: network.id, Warning: "" });
}

function discard(engine: Engine, network: Network): void {
  for (const box of engine.boxes) box.networks = box.networks.filter(({ id }) => id !== network.id);
  engine.stock.networks.splice(engine.stock.networks.indexOf(network), 1);
  engine.events.other("network", "destroy", network.id, { name: network.name, type: network.driver });
}

export function remove({ engine, response, held: [word = ""] }: Ask): void {
  const network = networkAt(engine, word);
  if (isBuiltIn(network)) throw new Failure(403, `${network.name} is a pre-defined network and cannot be removed`);
  const users = usersOf(engine, network);
  if (users.length > 0)
    throw new Failure(
      403,
      `error while removing network: network ${network.name} has active endpoints (${users.map(({ id, made }) => `name:"${made.name}" id:"${id.slice(0, 12)}"`).join(", ")})`,
    );
  engine.noteOther("network", network.name, "DELETE", `/networks/${word}`);
  discard(engine, network);
  empty(response, 204);
}

/** The network of the path and the container of the body. */
function namedBy(ask: Ask): { network: Network; box: Box } {
  const {
    engine,
    held: [word = ""],
  } = ask;
  return { network: networkAt(engine, word), box: find(engine.boxes, wordsOf(ask, Member).Container) };
}

export function connect(ask: Ask): void {
  const { engine, response } = ask;
  const { network, box } = namedBy(ask);
  if (box.networks.some(({ id }) => id === network.id)) throw new Failure(403, `endpoint with name ${box.made.name} already exists in network ${network.name}`);
  box.networks = [...box.networks, attach(network, engine.boxes)];
  if (isUp(box)) engine.events.network(box, "connect", network.id);
  engine.note(box, "POST", `/networks/${network.name}/connect`);
  empty(response, 200);
}

export function disconnect(ask: Ask): void {
  const { engine, response } = ask;
  const { network, box } = namedBy(ask);
  if (!box.networks.some(({ id }) => id === network.id)) throw new Failure(403, `container ${box.id} is not connected to the network ${network.name}`);
  if (isUp(box)) engine.events.network(box, "disconnect", network.id);
  box.networks = box.networks.filter(({ id }) => id !== network.id);
  engine.note(box, "POST", `/networks/${network.name}/disconnect`);
  empty(response, 200);
}

export function prune({ engine, response }: Ask): void {
  const unused = engine.stock.networks.filter((network) => !isBuiltIn(network) && !engine.boxes.some(({ networks }) => networks.some(({ id }) => id === network.id)));
  for (const network of unused) {
    engine.noteOther("network", network.name, "POST", "/networks/prune");
    discard(engine, network);
  }
  json(response, 200, { NetworksDeleted: unused.length === 0 ? null : unused.map(({ name }) => name) });
}
