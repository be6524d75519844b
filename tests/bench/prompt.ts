// Counts what a request costs a model of 4096 tokens: how many need none, what the rest take by part and anew beyond a cached prefix, beside a prompt of all tools and all state. Prints JSON lines.
import { z } from "zod";
import type { ModelRequest } from "../../core/agent/models/model.ts";
import type { View } from "../../core/agent/reflex/answers.ts";
import { converse } from "../../core/agent/reflex/thread.ts";
import type { PromptParts } from "../../core/agent/turn/context.ts";
import { NOTHING_SAID } from "../../core/agent/turn/memo.ts";
import { takeTurn } from "../../core/agent/turn/turn.ts";
import { OPERATOR } from "../core/agent/turn/farm.ts";
import { says, scripted } from "../core/agent/turn/scripted.ts";
import { registered, resources, view } from "../core/agent/utterances/house.ts";
import { readSet } from "../core/agent/utterances/measure.ts";
import { createManualClock } from "../support/clock.ts";

/** What the rules leave to a model, of the kind people ask in a house. */
const OPEN_ONES = [
  "why is nextcloud so slow since this morning",
  "is anything odd in the log of nginx, and what does it mean",
  "compare the load of pve1 and pve2",
  "which guest should I move to relieve pve1",
  "summarise what jellyfin logged today",
  "what would you do about the full storage tank",
  "grafana shows gaps, any idea",
  "explain to me what immich needs to run",
  "is it worth giving postgres more memory",
  "wieso ist nextcloud heute so langsam",
  "fasse mir das protokoll von nginx zusammen",
  "homeassistant feels sluggish, look into it please",
  "something is off with paperless, sort it out",
  "do the backups of vaultwarden look trustworthy to you",
  "write a short note on the state of the house for my wife",
  "what changed that could make web1 unhappy",
  "are two nodes enough to keep everything running if attic burns",
  "tell me about uptime-kuma in one sentence",
  "adguard answers slowly, where would you start looking",
  "would a restart of prometheus lose data",
];

const tokens = (text: string): number => Math.ceil(Buffer.byteLength(text) / 4);
const written = ({ system, tools, said }: ModelRequest): string => JSON.stringify([system.map(({ text }) => text), tools, said.map(({ role, text }) => [role, text])]);
const shared = (a: string, b: string): number => {
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at += 1;
  return at;
};
const middle = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
const round = (share: number): number => Number(share.toFixed(3));

const tools = await registered();
const nothing = { tools: () => tools, call: async () => ({ callId: "c", state: "succeeded" as const, text: "" }) };

const said = ["first", "second"].flatMap(readSet);
const open: string[] = [];
for (const { text } of said.filter(({ isFollowUp }) => !isFollowUp)) if ((await converse(view, nothing, text, {})).made.kind === "unknown") open.push(text);
console.log(JSON.stringify({ what: "routine requests", requests: said.length, withoutModel: said.length - open.length, shareWithoutModel: round(1 - open.length / said.length) }));

const parts: PromptParts[] = [];
const fresh: number[] = [];
const totals: number[] = [];
const afterLast: number[] = [];
const seen: string[] = [];
for (const text of OPEN_ONES) {
  const model = scripted([says("So it is.")], { route: "local" });
  // Figures move between two requests, as they do in a house.
  const moved: View = { ...view, resources: resources.map((one) => ({ ...one, figures: { ...one.figures, cpuPercent: Math.floor((tokens(text) * 7) % 90) } })) };
  const hands = {
    clock: createManualClock(),
    view: () => moved,
    tools: () => tools,
    act: async () => ({ callId: "c", state: "succeeded" as const, text: "" }),
    redact: (words: string) => words,
  };
  const outcome = await takeTurn(hands, { text, by: OPERATOR, models: [model], memo: NOTHING_SAID, recalled: [], signal: new AbortController().signal });
  const [request] = model.asked;
  if (outcome.parts === undefined || request === undefined) continue;
  const whole = written(request);
  const cached = Math.max(0, ...seen.map((before) => shared(before, whole)));
  parts.push(outcome.parts);
  totals.push(tokens(whole));
  fresh.push(tokens(whole.slice(cached)));
  afterLast.push(tokens(whole.slice(shared(seen.at(-1) ?? "", whole))));
  seen.push(whole);
}
const of = (part: keyof PromptParts): number => middle(parts.map((one) => one[part]));
console.log(
  JSON.stringify({
    what: "open requests, first step",
    requests: parts.length,
    medianTokens: { persona: of("persona"), tools: of("tools"), history: of("history"), memory: of("memory"), facts: of("facts"), question: of("question"), total: of("total") },
    largestTotal: Math.max(...totals),
    medianNewBeyondBestPrefix: middle(fresh),
    medianNewBeyondLastRequest: middle(afterLast),
    factsAndQuestion: middle(parts.map(({ facts, question }) => facts + question)),
    cachedShare: round(1 - fresh.reduce((a, b) => a + b, 0) / totals.reduce((a, b) => a + b, 0)),
  }),
);

const naive = tokens(
  JSON.stringify(tools.map(({ name, about, input }) => ({ name, description: about, input_schema: z.toJSONSchema(input, { io: "input", unrepresentable: "any" }) }))),
);
const state = tokens(JSON.stringify(resources));
console.log(
  JSON.stringify({
    what: "naive: all tools, all state",
    tools: tools.length,
    toolTokens: naive,
    stateTokens: state,
    total: naive + state,
    timesOurs: round((naive + state) / middle(totals)),
  }),
);
