// A house for the stories of runbooks, its lab hidden from the core; and how one failure is played in it to its fix, its ask or its plan. For tests only.

import { expect } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { wasSent } from "../../core/contract/call.ts";
import type { Incident } from "../../core/contract/incident.ts";
import { type Answer, answerTo } from "../plugins/remediation/failure-table.ts";
import { eyesOn, without } from "../support/house-eyes.ts";
import { startHouse } from "../support/living-house.ts";
import { until } from "../support/until.ts";
import type { Row } from "./failures/row.ts";

const SPEED = 12;
export const PATIENCE_MS = 150_000;
const CALM_MS = 30_000;
/** A fault may have to stand for a while, of the clock; the machine has work of its own. */
const [STANDS_S, MACHINE_MS] = [320, 60_000];
const Written = z.looseObject({ plugins: z.looseObject({ proxmox: z.record(z.string(), z.unknown()) }) });

/** The same house with a login instead of the two tokens. */
const asRoot = (text: string, password: string): string => {
  const { plugins, ...rest } = Written.parse(parse(text));
  const { token: _, actToken: __, ...proxmox } = plugins.proxmox;
  return stringify({ ...rest, plugins: { ...plugins, proxmox: { ...proxmox, user: "root@pam", password } } });
};

/** `before`: incidents that were there already. */
interface Waits {
  readonly before?: ReadonlySet<string>;
  readonly withinMs?: number;
}

/** `root`: signed in as root, since only root takes a lock off; its own tasks are then told from a person's by nothing. Else the two tokens, the acting one with every right. */
export const startRunbookHouse = async (as: "root" | "tokens", seed = 44) => {
  const house = await startHouse({ speed: SPEED, seed, config: without("lab"), labArgs: ["--dialect", "9.1"], withoutCore: true });
  const { config, pve } = house.lab.line;
  if (as === "root") writeFileSync(config, asRoot(readFileSync(config, "utf8"), pve.users.find(({ userid }) => userid === "root@pam")?.password ?? ""));
  // What is granted further down stands instead of what is granted above it.
  else
    for (const path of ["/", "/vms", "/storage"])
      for (const who of [{ users: "jarvis@pve" }, { tokens: "jarvis@pve!operate" }])
        await house.lab.post("/as", { user: "root@pam", method: "PUT", path: "/access/acl", params: { path, roles: "Administrator", propagate: 1, ...who } });
  await house.startCore();
  const eyes = eyesOn(house);
  await eyes.guestsSeen();
  await eyes.within("Jarvis to know what it runs on", async () => (await house.rpc("status.get")).self.state !== "unknown");

  const read = (channel: string) => house.rpc("state.refresh", { channel }).catch(() => undefined);
  const all = async () => (await house.rpc("incidents.list", { limit: 500 })).incidents;

  /** The incident of one kind once it is as wished, its channels read meanwhile; none of those that were there before. */
  const incidentOf = async (
    { key, resource }: { key: string; resource: string },
    channels: readonly string[],
    wished: (incident: Incident) => boolean,
    { before = new Set(), withinMs = PATIENCE_MS }: Waits = {},
  ): Promise<Incident> => {
    const endsAt = performance.now() + withinMs;
    let last: Incident | undefined;
    while (performance.now() < endsAt) {
      for (const channel of channels) await read(channel);
      last = (await all()).find((one) => !before.has(one.id) && one.alert.endsWith(`#${key}#${resource}`));
      if (last !== undefined && wished(last)) return last;
      await Bun.sleep(200);
    }
    const calls = (await eyes.calls(resource)).map(({ tool, state, rule, text }) => [tool, state, rule, text]);
    const feed = (await eyes.feed(resource)).slice(0, 5).map(({ kind, words }) => `${kind}: ${words}`);
    throw new Error(
      `${key} of ${resource}: ${JSON.stringify({ last, calls, feed, told: (await all()).map(({ alert, status }) => [alert, status]) }, undefined, 1)} ${house.errors().slice(-3000)}`,
    );
  };

  const actsOf = async (incident: string) => (await house.rpc("journal.list", { limit: 1000 })).calls.filter((call) => call.incident === incident && call.effect !== "read");
  const sentOf = async (incident: string) => (await actsOf(incident)).filter(({ state }) => wasSent(state));

  return { house, eyes, read, all, incidentOf, actsOf, sentOf };
};

export type RunbookHouse = Awaited<ReturnType<typeof startRunbookHouse>>;

const channelsOf = ({ first = [], channel }: Row): readonly string[] => [...first, channel];

/** Done without a question, checked, and told as fixed. */
const isFixed = async (here: RunbookHouse, row: Row, answer: Answer, waits: Waits): Promise<string> => {
  const { incidentOf, sentOf, eyes } = here;
  if (row.stays) return isTried(here, row, answer, waits);
  const { id, words } = await incidentOf(row.alert, channelsOf(row), ({ status }) => status === "resolved", waits);
  // What is seen well between the two looks is over, and said to be unproven; the act is looked at to its end all the same.
  expect(words).toMatch(/I checked twice|I had tried to mend it/);
  const sent = await eyes.within(`a proved act on ${row.alert.resource}`, async () => {
    const all = await sentOf(id);
    return all.some(({ state }) => state === "succeeded") ? all : undefined;
  });
  expect(sent.map(({ caller }) => caller.id)).toEqual(sent.map(() => answer.id));
  expect(sent.map(({ decision }) => decision)).not.toContain("ask");
  expect((await eyes.feed(row.alert.resource)).filter(({ incident }) => incident === id).map(({ kind }) => kind)).toEqual(expect.arrayContaining(["found", "acting", "fixed"]));
  return `fixed by ${answer.id}`;
};

/** Done, and told as what it is: it did not help, or there was nothing it could be done to, and nothing but its healing ends it. */
const isTried = async ({ house, eyes, incidentOf, sentOf }: RunbookHouse, row: Row, answer: Answer, waits: Waits): Promise<string> => {
  const isUnfit = (words: string | undefined): boolean => words?.includes("is fit for it") === true;
  const { id, words: told } = await incidentOf(row.alert, channelsOf(row), ({ callIds, words }) => callIds.length > 0 || isUnfit(words), waits);
  if (isUnfit(told)) {
    await house.lab.heal();
    await incidentOf(row.alert, channelsOf(row), ({ status }) => status === "resolved", waits);
    return `${answer.id} found nothing fit for it, and said so`;
  }
  const sent = await eyes.within(`an act on ${row.alert.resource}`, async () => ((await sentOf(id)).length > 0 ? sentOf(id) : undefined));
  expect(new Set(sent.map(({ caller }) => caller.id))).toEqual(new Set([answer.id]));
  await house.lab.heal();
  const { words } = await incidentOf(row.alert, channelsOf(row), ({ status }) => status === "resolved", waits);
  return `tried by ${answer.id}: ${words}`;
};

/** Asked with one button; and done, checked and told as fixed once a person pressed it. */
const isAsked = async ({ house, incidentOf, sentOf, eyes }: RunbookHouse, row: Row, answer: Answer, waits: Waits): Promise<string> => {
  const { id } = await incidentOf(row.alert, channelsOf(row), ({ callIds }) => callIds.length > 0, waits);
  const asked = async () => (await house.rpc("asks.list")).asks.filter(({ incident }) => incident === id);
  const [ask] = await eyes.within("the ask", async () => ((await asked()).length > 0 ? asked() : undefined));
  expect(ask).toMatchObject({ target: row.alert.resource, caller: { id: answer.id } });
  expect(answer.tools).toContain(ask?.tool ?? "");
  expect(await sentOf(id)).toEqual([]);
  if (row.stays) return `asked by ${answer.id}`;
  const ended = await incidentOf(
    row.alert,
    channelsOf(row),
    ({ status, callIds }) => {
      // At this rate an ask may be too old by the time of sending: then it is asked anew, and approved anew.
      if (status !== "resolved" && callIds.length > 0) void approveAll(house, asked);
      return status === "resolved";
    },
    waits,
  );
  expect(ended.words).toContain("I checked twice");
  const sent = await sentOf(id);
  expect(sent.map(({ caller, state }) => [caller.id, state])).toContainEqual([answer.id, "succeeded"]);
  return `asked by ${answer.id}, approved, fixed`;
};

const approveAll = async (
  house: RunbookHouse["house"],
  asked: () => Promise<readonly { id: string; hash: string; effect: string; target?: string | null | undefined }[]>,
): Promise<void> => {
  for (const { id, hash, effect, target } of await asked())
    await house.rpc("asks.decide", { id, hash, decision: "approve", ...(effect === "destructive" ? { confirm: target } : {}) }).catch(() => undefined);
};

/** The plan's words, once; nothing offered to run; over when it is healed. */
const isPlanned = async ({ house, incidentOf, actsOf, eyes }: RunbookHouse, row: Row, answer: Answer, waits: Waits): Promise<string> => {
  const plan = answer.runbook?.plan?.split("{")[0] || (answer.runbook?.plan?.split(/\{\w+\}/)[1] ?? "");
  const { id } = await incidentOf(row.alert, channelsOf(row), ({ status, words }) => status === "escalated" && words?.includes(plan.slice(0, 40)) === true, waits);
  expect(await actsOf(id)).toEqual([]);
  const said = (await eyes.feed(row.alert.resource)).filter(({ incident, kind }) => incident === id && kind === "notice");
  expect(said.length).toBe(1);
  await house.lab.heal();
  await incidentOf(row.alert, channelsOf(row), ({ status }) => status === "resolved", waits);
  return `plan of ${answer.id}`;
};

const PLAYS = { A: isFixed, Q: isAsked, R: isPlanned } as const;

/** One failure from its fault to its end, as its row and its answer say. Returns what happened, in words. */
export const play = async (here: RunbookHouse, row: Row): Promise<string> => {
  const { house, eyes, all, read } = here;
  const answer = answerTo(row.alert);
  if (answer === undefined) throw new Error(`row ${row.row}: nothing answers ${row.alert.key}`);
  const known = row.known;
  if (known !== undefined)
    await eyes.within(`${known} to be known`, async () => {
      for (const channel of channelsOf(row)) await read(channel);
      return eyes.resource(known);
    });
  const before = new Set((await all()).map(({ id }) => id));
  await house.lab.break(row.fault, row.target, row.options ?? {});
  try {
    return await PLAYS[answer.class](here, row, answer, { before, withinMs: ((row.withinSeconds ?? STANDS_S) * 1000) / SPEED + MACHINE_MS });
  } finally {
    await house.lab.heal();
    await until(
      async () => {
        for (const channel of channelsOf(row)) await read(channel);
        return (await all()).every(({ id, status }) => before.has(id) || status === "resolved");
      },
      { withinMs: CALM_MS, what: `a calm house after ${row.fault}` },
    ).catch(() => undefined);
  }
};
