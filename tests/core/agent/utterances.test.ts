// What people really type: polite, terse, mistyped, German. The right answer, a question back, and never a wrong call.
import { describe, expect, test } from "bun:test";
import { z } from "zod";
import type { View } from "../../../core/agent/reflex/answers.ts";
import type { Pending } from "../../../core/agent/reflex/doing.ts";
import { reply } from "../../../core/agent/reflex/reply.ts";
import type { Call } from "../../../core/contract/call.ts";
import { Persona } from "../../../core/contract/persona.ts";
import type { LiveResource } from "../../../core/contract/resource.ts";
import type { BoundTool } from "../../../core/tools/bound.ts";

const at = "2026-11-22T21:54:00.000Z";
const thing = (id: string, name: string): LiveResource => ({
  id,
  name,
  kind: id.startsWith("guest") ? "guest" : "container",
  status: "up",
  stale: false,
  at,
  plugin: id.startsWith("guest") ? "farm" : "boats",
  ...(id.startsWith("guest") ? { vmid: Number(id.split("/")[1]) } : {}),
});
const house = [
  thing("guest/101", "nextcloud"),
  thing("guest/102", "jellyfin"),
  thing("guest/103", "postgres1"),
  thing("guest/201", "web1"),
  thing("guest/202", "web2"),
  thing("container/a/nginx", "nginx"),
];
const tool = (name: string, input: z.ZodType): BoundTool => ({
  name,
  plugin: name.split("_")[0] ?? "",
  title: name,
  about: name,
  effect: "disruptive",
  input,
  deadlineMs: 1000,
  verifyMs: 1000,
  target: () => undefined,
  run: async () => ({ text: "" }),
});
const guest = z.object({ vmid: z.number() });
const container = z.object({ container: z.string(), host: z.string().optional() });
const tools = [
  ...["start", "stop", "shutdown", "reboot"].map((verb) => tool(`farm_guest_${verb}`, guest)),
  ...["start", "stop", "restart"].map((verb) => tool(`boats_container_${verb}`, container)),
];
const done: Call = {
  callId: "call-1",
  tool: "farm_guest_start",
  arguments: {},
  target: "guest/101",
  identity: null,
  effect: "reversible",
  caller: { kind: "remedy", id: "a/b", scope: "operate", tainted: false },
  decision: "allow",
  rule: "allowed",
  state: "succeeded",
  createdAt: "2026-11-22T10:41:00.000Z",
};
const view: View = {
  nowMs: Date.parse(at),
  persona: Persona.parse({ name: "T" }),
  resources: house,
  incidents: [],
  feed: [{ id: "f", at, kind: "left-alone", resource: "guest/101", words: "left", cause: { kind: "user", words: "ana stopped it.", evidence: [] } }],
  calls: [done],
  status: { mode: "act", killed: false, maintenance: false, sources: [], version: "0", self: { state: "outside", resources: [], words: "" }, brain: "rules" },
};

const say = async (text: string, pending?: Pending) => {
  const made: string[] = [];
  const call = async (called: BoundTool, input: unknown) => {
    made.push(`${called.name} ${Object.values(z.record(z.string(), z.unknown()).parse(input))[0]}`);
    return { callId: "c", state: "succeeded" as const, text: "It is done." };
  };
  return { made, ...(await reply(view, { tools: () => tools, call }, text, pending)) };
};

const REBOOT = "farm_guest_reboot 101";
const RESTART = "boats_container_restart nginx";
const ACTS: [string, string][] = [
  ["restart nginx", RESTART],
  ["Restart nginx, please", RESTART],
  ["pls restart nginx", RESTART],
  ["restart nginx pls", RESTART],
  ["restart nginx now please!", RESTART],
  ["could you please restart nginx for me?", RESTART],
  ["hey jarvis, bounce nginx", RESTART],
  ["I'd like you to restart the nginx container", RESTART],
  ["reboot the nextcloud box", REBOOT],
  ["reboot nextclod", REBOOT],
  ["RESTART NEXTCLOUD", REBOOT],
  ["restart 101", REBOOT],
  ["shutdown jellyfin thanks", "farm_guest_shutdown 102"],
  ["power on jellyfin", "farm_guest_start 102"],
  ["starte nextcloud neu", REBOOT],
  ["Starte bitte nextcloud neu", REBOOT],
  ["bitte nextcloud neu starten", REBOOT],
  ["kannst du nextcloud neu starten?", REBOOT],
  ["Könntest du bitte nginx neustarten", RESTART],
  ["nginx neu starten bitte", RESTART],
  ["starte jellyfin", "farm_guest_start 102"],
  ["fahr jellyfin hoch", "farm_guest_start 102"],
  ["fahre jellyfin herunter", "farm_guest_shutdown 102"],
  ["stoppe den gast jellyfin", "farm_guest_shutdown 102"],
  ["schalte jellyfin aus", "farm_guest_shutdown 102"],
];
test.each(ACTS)("%p is done, and nothing else", async (text, made) => expect((await say(text)).made).toEqual([made]));

const ASKS_BACK: [string, string][] = [
  ["restrat nginx", "Shall I restart nginx"],
  ["retsart nginx", "Shall I restart nginx"],
  ["strat jellyfin", "Shall I start jellyfin"],
  ["nginx restart", "Shall I restart nginx"],
  ["nextcloud neustart", "Shall I restart nextcloud"],
  ["give nginx a restart", "Shall I restart nginx"],
  ["would you mind restarting nginx?", "Shall I restart nginx"],
  ["restart web", "web1"],
  ["starte web neu", "web2"],
];
test.each(ASKS_BACK)("%p is asked back about, not done", async (text, words) => {
  const said = await say(text);
  expect(said.made).toEqual([]);
  expect(said.text).toContain(words);
  expect(said.pending).toBeDefined();
});

test("yes answers a question about one thing; a question about several wants the name", async () => {
  const { pending } = await say("restrat nginx");
  for (const yes of ["yes", "Yes, please.", "ja bitte", "do it"]) expect((await say(yes, pending)).made).toEqual([RESTART]);
  for (const no of ["no", "nein", "yesterday", "yes but not now", "what?"]) expect((await say(no, pending)).made).toEqual([]);
  const several = await say("restart web");
  expect((await say("yes", several.pending)).made).toEqual([]);
  expect((await say("web2", several.pending)).made).toEqual(["farm_guest_reboot 202"]);
});

const TELLS: [string, string][] = [
  ["status", "All is well."],
  ["staus", "All is well."],
  ["how's everything?", "All is well."],
  ["whats wrong", "All is well."],
  ["wats wrong", "All is well."],
  ["what's broken??", "All is well."],
  ["anything wrong", "All is well."],
  ["was ist los?", "All is well."],
  ["Was ist kaputt?", "All is well."],
  ["gibt es Probleme?", "All is well."],
  ["alles ok?", "All is well."],
  ["wie ist die Lage?", "All is well."],
  ["wie geht's?", "All is well."],
  ["status of nextcloud", "nextcloud (guest/101)"],
  ["nextcloud?", "nextcloud (guest/101)"],
  ["nextcloud status", "nextcloud (guest/101)"],
  ["is nextcloud up", "nextcloud (guest/101)"],
  ["wie geht es nextcloud?", "nextcloud (guest/101)"],
  ["läuft nextcloud noch?", "nextcloud (guest/101)"],
  ["status von nextcloud", "nextcloud (guest/101)"],
  ["why did nextcloud stop", "ana stopped it."],
  ["warum ist nextcloud aus?", "ana stopped it."],
  ["wer hat nextcloud gestoppt?", "ana stopped it."],
  ["was hast du heute gemacht?", "I started nextcloud at 10:41"],
  ["what have you done today", "I started nextcloud at 10:41"],
  ["what did u do today", "I started nextcloud at 10:41"],
  ["hilfe", "Ask"],
];
test.each(TELLS)("%p is answered, and nothing is done", async (text, words) => {
  const said = await say(text);
  expect(said.made).toEqual([]);
  expect(said.text).toContain(words);
});

const NEVER = [
  [
    "do not restart nginx",
    "don't restart nginx",
    "dont restart nginx",
    "don’t restart nginx",
    "DO NOT restart nginx!",
    "please do not restart nginx",
    "jarvis, do not restart nginx please",
  ],
  [
    "could you please not restart nginx",
    "restart nginx? no",
    "no, do not restart nginx",
    "never ever restart nginx",
    "restart nginx not",
    "whatever you do, don't restart nginx",
    "no restart of nginx",
  ],
  [
    "stop! do not restart nginx",
    "you must not restart nginx",
    "nginx must not be restarted",
    "under no circumstances restart nginx",
    "restart nothing",
    "restart all but nginx",
    "restart anything except nginx",
  ],
  [
    "I forbid you to restart nginx",
    "you can't restart nginx",
    "hold off restarting nginx",
    "stop asking me to restart nginx",
    "do not restrat nginx",
    "dont give nginx a restart",
    "nginx restart not please",
  ],
  [
    "why did you restart nginx",
    "why did you restart nginx?",
    "Why, Jarvis, did you restart nginx?",
    "tell me why you restarted nginx",
    "so why did you restart nginx",
    "why restart nginx",
    "restart nginx why",
    "how come you restarted nginx",
  ],
  [
    "who told you to restart nginx",
    "did you restart nginx",
    "have you restarted nginx?",
    "restart nginx?",
    "is it safe to restart nginx",
    "you restarted nginx",
    "explain why you restarted nginx",
    "what made you restart nginx",
  ],
  [
    "restart nginx when it is down",
    "if nginx fails, restart nginx",
    "could you restart nginx if it fails?",
    "restart nginx tonight",
    "restart postgres2",
    "stop web3",
    "restart nginxs2",
    "stats nginx",
    "restore nginx",
  ],
  [
    "starte nginx nicht neu",
    "Starte nginx bitte nicht neu!",
    "bitte nginx nicht neu starten",
    "nginx nicht neustarten",
    "auf keinen Fall nginx neu starten",
    "niemals nginx neu starten",
    "kein Neustart von nginx",
    "du sollst nginx nicht neu starten",
  ],
  [
    "lass nginx laufen, nicht neu starten",
    "hör auf nginx neu zu starten",
    "kannst du nginx bitte nicht neu starten?",
    "starte nichts neu",
    "stoppe nginx nicht",
    "fahr nginx nicht herunter",
    "schalte nginx nicht aus",
  ],
  [
    "warum hast du nginx neu gestartet",
    "warum hast du nginx neu gestartet?",
    "wieso startest du nginx neu?",
    "weshalb wurde nginx neu gestartet",
    "wer hat nginx neu gestartet?",
    "soll ich nginx neu starten?",
    "hast du nginx neu gestartet?",
  ],
  [
    "wurde nginx neu gestartet",
    "starte nginx neu wenn es abstürzt",
    "starte nginx morgen neu",
    "starte nginx in 5 Minuten neu",
    "falls nginx hängt, starte nginx neu",
    "wie starte ich nginx neu?",
    "was passiert, wenn ich nginx neu starte?",
    "im Log steht: nginx neu starten",
  ],
].flat();
describe("starts nothing", () => {
  test.each(NEVER)("%p", async (text) => {
    const said = await say(text);
    expect(said.made).toEqual([]);
    expect(said.text).not.toBe("");
  });
});
