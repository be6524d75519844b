// One of two Docker hosts is lost under a running Jarvis: one incident and its end, its containers as last seen, no act on them, a chat that says what it cannot see; through a restart of Jarvis too. When the guest that carries it crashes, that is the one incident.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { dirname, join } from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { realClock } from "../../plugins/lab/clock.ts";
import { startDocker } from "../../plugins/lab/docker/engine.ts";
import { eyesOn } from "../support/house-eyes.ts";
import { type House, startHouse } from "../support/living-house.ts";
import { until } from "../support/until.ts";

const SPEED = 20;
const Written = z.looseObject({ plugins: z.looseObject({ docker: z.object({ hosts: z.object({ mgmt: z.object({ socket: z.string() }) }) }) }) });
const LOST = "docker/nas";
const CARRIER = "guest/101";
const clock = realClock(SPEED);
let socketPath = "";
let house: House;
let eyes: ReturnType<typeof eyesOn>;
let nas: Awaited<ReturnType<typeof startDocker>> | undefined;
const engine = () => startDocker({ socketPath, clock, seed: 3, record: () => undefined });

/** A second host beside the lab's own. */
const withNas = (text: string): string => {
  const { plugins, ...rest } = Written.parse(parse(text));
  const { socket } = plugins.docker.hosts.mgmt;
  socketPath = join(dirname(socket), "nas.sock");
  return stringify({ ...rest, plugins: { ...plugins, docker: { hosts: { ...plugins.docker.hosts, nas: { socket: socketPath, on: CARRIER } } } } });
};

beforeAll(async () => {
  house = await startHouse({ speed: SPEED, config: withNas, withoutCore: true });
  nas = await engine();
  await house.startCore();
  eyes = eyesOn(house);
  await eyes.within("the containers of both", async () => {
    const [here, there] = await Promise.all([eyes.resource("container/mgmt/grafana"), eyes.resource("container/nas/grafana")]);
    return here?.status === "up" && there?.status === "up" && !there.stale;
  });
  await eyes.within("Jarvis to know what it runs on", async () => (await house.rpc("status.get")).self.state === "guest");
}, 90_000);
afterAll(async () => {
  await nas?.stop();
  await house?.stop();
});

const containers = async () => (await house.rpc("state.get")).resources.filter(({ kind }) => kind === "container");
const of = async (host: string) => (await containers()).filter(({ id }) => id.startsWith(`container/${host}/`));
const incidents = async () => (await house.rpc("incidents.list", { limit: 500 })).incidents.filter(({ resource }) => resource === LOST || resource.startsWith("container/nas/"));
const said = async (text: string): Promise<string> => {
  const answer = await house.rpc("chat.send", { text });
  return "text" in answer ? answer.text : "";
};

test("it is one incident until it is back, its containers stay as last seen, and nothing is done to them", async () => {
  const before = (await of("nas")).map(({ id, status }) => [id, status]);
  await nas?.stop();
  nas = undefined;
  const found = await until(async () => (await incidents()).find(({ resource }) => resource === LOST), { withinMs: 30_000, what: "the incident of the host" });
  expect(found).toMatchObject({ title: "The Docker host nas does not answer", severity: "warning", cause: { kind: "host-down" } });
  expect((await of("nas")).map(({ id, status }) => [id, status])).toEqual(before);
  expect((await of("nas")).every(({ stale, since }) => stale && since !== undefined)).toBe(true);
  expect((await of("mgmt")).some(({ stale }) => stale)).toBe(false);
  const refused = await house.rpc("tools.call", { name: "docker_container_restart", arguments: { container: "container/nas/grafana" }, waitSeconds: 60 });
  expect(["failed", "refused"]).toContain(refused.state);
  expect(refused.text).toContain(`No Docker at ${socketPath}`);
  const words = await said("what's wrong?");
  expect(words).toContain("The Docker host nas does not answer");
  expect(words).toMatch(/were not seen lately: container\/nas\//);

  await house.stopCore();
  await house.startCore();
  await until(async () => (await of("nas")).length === before.length && (await of("mgmt")).every(({ stale }) => !stale), { withinMs: 30_000, what: "the house after the restart" });
  expect((await of("nas")).map(({ id, status }) => [id, status])).toEqual(before);
  expect((await of("nas")).every(({ stale }) => stale)).toBe(true);

  nas = await engine();
  await until(async () => (await incidents()).every(({ status }) => status === "resolved"), { withinMs: 30_000, what: "the end of it" });
  await until(async () => (await of("nas")).every(({ stale }) => !stale), { withinMs: 30_000, what: "fresh containers" });
  expect((await incidents()).map(({ id }) => id)).toEqual([found.id]);
  const { calls } = await house.rpc("journal.list", { limit: 100 });
  expect(calls.filter(({ target, caller }) => target?.startsWith("container/nas/") && caller.kind !== "operator")).toEqual([]);
}, 180_000);

test("when the guest that carries it crashes, the guest is the one incident and names what ran there; the other host stands on the guest of Jarvis", async () => {
  expect((await eyes.resource("container/mgmt/grafana"))?.parent).toBe("docker/mgmt");
  expect((await eyes.resource("docker/mgmt"))?.parent).toBe("guest/100");
  expect((await eyes.resource(LOST))?.parent).toBe(CARRIER);
  const containersThere = (await of("nas")).map(({ id }) => id);
  const known = new Set((await house.rpc("incidents.list", { limit: 500 })).incidents.map(({ id }) => id));
  const fresh = async () => (await house.rpc("incidents.list", { limit: 500 })).incidents.filter(({ id }) => !known.has(id));
  // Nobody starts it again here: it stays down for longer than its Docker host needs to be told of.
  await house.rpc("autonomy.set", { mode: "observe" });
  await Promise.all([nas?.stop(), house.lab.break("guest-crash", CARRIER)]);
  nas = undefined;
  const found = await until(async () => (await fresh()).find(({ resource }) => resource === CARRIER), { withinMs: 30_000, what: "the incident of the guest" });
  expect([...(found.victims ?? [])].sort()).toEqual([...containersThere, LOST].sort());
  await eyes.within("its host to be seen as lost", async () => (await eyes.resource(LOST))?.status === "unknown");
  const lostMs = clock.now();
  await until(() => clock.now() - lostMs > 60_000, { withinMs: 30_000, what: "the time after which a host is told of" });
  expect((await fresh()).map(({ resource, status }) => [resource, status])).toEqual([[CARRIER, found.status]]);

  nas = await engine();
  await eyes.within("its host to be back", async () => (await eyes.resource(LOST))?.status === "up");
  await house.lab.heal("guest-crash");
  await until(async () => (await fresh()).every(({ status }) => status === "resolved"), { withinMs: 30_000, what: "the end of it" });
  expect((await fresh()).map(({ id }) => id)).toEqual([found.id]);
}, 120_000);
