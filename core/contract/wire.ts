// Every method and notification of /api/v1/ws and /api/v1/rpc: one table of schemas; OpenAPI, AsyncAPI and the UI read it too.
import { z } from "zod";
import { Ask, Call, CallAnswer } from "./call.ts";
import { Caller, Scope } from "./caller.ts";
import { ConsoleSize } from "./console.ts";
import { FeedEntry, Incident, IncidentDetail, IncidentStatus } from "./incident.ts";
import { Period, Report } from "./report.ts";
import { LiveResource, ResourceId, ResourceKind } from "./resource.ts";
import { ListedRule, RuleBody } from "./rule.ts";
import { SelfStatus } from "./self.ts";
import { Shadow } from "./shadow.ts";
import { Effect } from "./tool.ts";
import { WireWidget } from "./wire-widget.ts";

export const PROTOCOL = 1;

export const Position = z.object({ epoch: z.string(), offset: z.number().int().nonnegative() });
export type Position = z.infer<typeof Position>;

export const Autonomy = z.enum(["observe", "propose", "act"]);
export type Autonomy = z.infer<typeof Autonomy>;
export const KillLevel = z.enum(["pause", "effects", "all"]);
export type KillLevel = z.infer<typeof KillLevel>;

export const Modes = z.object({ mode: Autonomy, killed: z.boolean(), killLevel: KillLevel.optional(), maintenance: z.boolean() });
export const Source = z.object({ plugin: z.string(), state: z.enum(["ok", "stale", "down"]), since: z.string(), words: z.string() });
export const Notice = z.object({ what: z.string(), words: z.string(), since: z.string() });
/** A configured model: whether it answers, in words, since when; unknown until it is asked for the first time. */
export const ModelState = z.object({ route: z.enum(["local", "cloud"]), model: z.string(), state: z.enum(["ok", "down", "unknown"]), words: z.string(), since: z.string() });
export type ModelState = z.infer<typeof ModelState>;
export const CoreStatus = z.object({
  mode: Autonomy,
  killed: z.boolean(),
  killLevel: KillLevel.optional(),
  maintenance: z.boolean(),
  sources: z.array(Source),
  /** Present while nothing that looks at a house is running: no node, guest or container can be known. Why, and what to do. */
  watchesNothing: z.string().optional(),
  /** Present while something is amiss with Jarvis itself that a person mends, such as a file that cannot be read: what, where and what to do. */
  notices: z.array(Notice).optional(),
  version: z.string(),
  /** What Jarvis knows of itself: match names it, unknown says what to set. */
  self: SelfStatus,
  /** Cluster quorum when a plugin tells it. */
  brain: z.string(),
  /** Only where one is configured. */
  models: z.array(ModelState).optional(),
});
export type CoreStatus = z.infer<typeof CoreStatus>;

export const PluginInfo = z.object({
  id: z.string(),
  title: z.string(),
  about: z.string(),
  state: z.enum(["pending", "running", "failed", "quarantined", "off"]),
  source: z.enum(["bundled", "dropped"]),
  permissions: z.record(z.string(), z.array(z.object({ value: z.string(), why: z.string().optional(), granted: z.boolean() }))),
  error: z.string().optional(),
  tools: z.array(z.string()),
  channels: z.array(z.string()),
  /** What it looks at by itself, how often at most, and when it last did (ISO time; absent: not yet). */
  looks: z.array(z.object({ channel: z.string(), title: z.string(), everySeconds: z.number(), at: z.string().optional() })).optional(),
});
export type PluginInfo = z.infer<typeof PluginInfo>;

export const ToolInfo = z.object({ name: z.string(), title: z.string(), about: z.string(), effect: Effect, inputSchema: z.unknown(), outputSchema: z.unknown().optional() });
/** What opens a console on resources of these kinds. */
export const ConsoleInfo = z.object({ tool: z.string(), title: z.string(), about: z.string(), kinds: z.array(ResourceKind) });
export type ConsoleInfo = z.infer<typeof ConsoleInfo>;
/** One piece of input or output; more comes in pieces. */
export const CONSOLE_PIECE_BYTES = 16_384;
/** What a reader may owe an answer for: past it nothing more is sent until it says how much it took. */
export const CONSOLE_WINDOW_BYTES = 65_536;
export type ToolInfo = z.infer<typeof ToolInfo>;

export const ChatDone = z.object({
  conversation: z.string(),
  message: z.string(),
  text: z.string(),
  route: z.enum(["reflex", "local", "cloud"]),
  model: z.string().optional(),
  /** Why this route and this model, in words. */
  why: z.string().optional(),
  tokens: z.object({ input: z.number(), output: z.number(), cached: z.number() }),
  costUsd: z.number(),
  calls: z.array(z.string()),
  evidence: z.array(z.object({ claim: z.string(), source: z.string(), at: z.string().optional() })),
  /** No answer could be made: the text says so, and the log why. */
  broken: z.literal(true).optional(),
});
export type ChatDone = z.infer<typeof ChatDone>;

const Since = z.union([Position, z.record(z.string(), Position)]);
const Subscribed = Position.extend({ recovered: z.boolean(), snapshot: z.unknown().optional() });
const Points = z.array(z.tuple([z.number(), z.number()]));
const empty = z.object({});
const id = z.string().min(1).max(200);
/** A rule may name a tool, runbook or remedy that nothing here brings yet. */
const anyway = z.boolean().optional();

interface Method {
  readonly params: z.ZodType;
  readonly result: z.ZodType;
  readonly scope: Scope;
  /** Only over the WebSocket. */
  readonly socket?: true;
}

/** `scope`: the least that may call it; operator-only acts are checked beyond it (http/operator.ts). */
export const METHODS = {
  "tools.list": { scope: "read", params: empty, result: z.object({ tools: z.array(ToolInfo) }) },
  "tools.call": {
    scope: "read",
    params: z.object({
      name: id,
      arguments: z.unknown().optional(),
      dryRun: z.boolean().optional(),
      idempotencyKey: z.string().min(1).max(200).optional(),
      waitSeconds: z.number().min(0).max(300).optional(),
      confirm: z.string().max(200).optional(),
    }),
    result: CallAnswer,
  },
  "calls.get": { scope: "read", params: z.object({ callId: id }), result: z.object({ call: Call }) },
  "journal.list": {
    scope: "read",
    params: z.object({ since: z.string().max(64).optional(), limit: z.number().int().min(1).max(1000).optional(), effects: z.enum(["changes", "all"]).optional() }),
    result: z.object({ calls: z.array(Call) }),
  },
  "state.get": { scope: "read", params: z.object({ path: z.string().max(200).optional() }), result: z.object({ resources: z.array(LiveResource) }) },
  /** A monitor's state channel (`plugin/monitor`) read now, by the poller; one younger than a second is answered as it is. */
  "state.refresh": {
    scope: "operate",
    params: z.object({ channel: z.string().max(200) }),
    result: z.object({ at: z.string(), stale: z.boolean(), words: z.string().optional() }),
  },
  "incidents.list": {
    scope: "read",
    params: z.object({ status: IncidentStatus.optional(), limit: z.number().int().min(1).max(500).optional() }),
    result: z.object({ incidents: z.array(Incident) }),
  },
  "incidents.get": { scope: "read", params: z.object({ id }), result: IncidentDetail },
  "asks.list": { scope: "read", params: empty, result: z.object({ asks: z.array(Ask) }) },
  "asks.decide": {
    scope: "operate",
    params: z.object({
      id,
      decision: z.enum(["approve", "reject"]),
      words: z.string().max(1000).optional(),
      hash: z.string().max(200).optional(),
      confirm: z.string().max(200).optional(),
    }),
    /** `text`: why it was not done, although it was approved; with `state: held` everything is held by a person's switch, and the ask stays open. */
    result: z.object({ state: z.string(), text: z.string().optional() }),
  },
  /** What core/status carries, for who asks once: above all which sources cannot be seen. */
  "status.get": { scope: "read", params: empty, result: CoreStatus },
  "autonomy.get": { scope: "read", params: empty, result: Modes },
  "autonomy.set": { scope: "operate", params: z.object({ mode: Autonomy }), result: Modes },
  /** What would have been done in the last 30 days where Jarvis only watched, and how right that was. */
  "autonomy.shadow": { scope: "read", params: empty, result: Shadow },
  kill: { scope: "operate", params: z.object({ level: KillLevel.optional(), reason: z.string().max(500).optional() }), result: Modes },
  release: { scope: "operate", params: empty, result: Modes },
  /** In their order: of those that fit a call the last decides. `timeZone`: where their hours are counted. */
  "rules.list": { scope: "read", params: empty, result: z.object({ rules: z.array(ListedRule), timeZone: z.string() }) },
  "rules.add": { scope: "operate", params: RuleBody.extend({ anyway }), result: z.object({ rule: ListedRule }) },
  "rules.change": { scope: "operate", params: z.object({ id, rule: RuleBody, anyway }), result: z.object({ rule: ListedRule }) },
  "rules.remove": { scope: "operate", params: z.object({ id }), result: z.object({ rule: ListedRule }) },
  /** All rules that can be edited, in the order wanted. */
  "rules.order": { scope: "operate", params: z.object({ ids: z.array(id).max(200) }), result: z.object({ rules: z.array(ListedRule) }) },
  "chat.send": {
    scope: "read",
    params: z.object({ conversation: z.string().max(100).optional(), text: z.string().min(1).max(8192) }),
    result: z.union([ChatDone, z.object({ conversation: z.string(), message: z.string() })]),
  },
  "chat.stop": { scope: "read", socket: true, params: z.object({ message: z.string().max(100).optional() }), result: z.object({ stopped: z.boolean() }) },
  "consoles.list": { scope: "read", params: empty, result: z.object({ consoles: z.array(ConsoleInfo) }) },
  /** A dashboard session's alone, or of who holds the control socket. It belongs to the socket that opened it and ends with it. Without `console` it was not opened, for the reason in `text`. */
  "console.open": {
    scope: "operate",
    socket: true,
    params: ConsoleSize.extend({ tool: id, resource: ResourceId }),
    result: CallAnswer.extend({ console: z.string().optional() }),
  },
  /** `text` as typed or pasted; `size` after a change; `tookBytes`: how much of what was shown has been drawn since the last word. */
  "console.write": {
    scope: "operate",
    socket: true,
    params: z.object({ console: id, text: z.string().max(CONSOLE_PIECE_BYTES).optional(), size: ConsoleSize.optional(), tookBytes: z.number().int().nonnegative().optional() }),
    result: empty,
  },
  "console.close": { scope: "operate", socket: true, params: z.object({ console: id }), result: z.object({ closed: z.boolean() }) },
  "channels.list": {
    scope: "read",
    params: empty,
    result: z.object({ channels: z.array(z.object({ channel: z.string(), kind: z.enum(["state", "event"]), title: z.string() })) }),
  },
  "channels.subscribe": {
    scope: "read",
    socket: true,
    params: z.object({ channel: z.string().min(1).max(200), since: Since.optional() }),
    result: z.union([Subscribed.extend({ subscription: z.string() }), z.object({ subscription: z.string(), channels: z.record(z.string(), Subscribed) })]),
  },
  "channels.unsubscribe": { scope: "read", socket: true, params: z.object({ subscription: id }), result: z.object({ unsubscribed: z.boolean() }) },
  "plugins.list": { scope: "read", params: empty, result: z.object({ plugins: z.array(PluginInfo) }) },
  "widgets.list": { scope: "read", params: empty, result: z.object({ widgets: z.array(WireWidget) }) },
  "history.get": {
    scope: "read",
    /** More than 15 minutes are told in steps, at most `points` of them. */
    params: z.object({ series: z.string().min(1).max(200), minutes: z.number().min(1).max(1_051_200).optional(), points: z.number().int().min(10).max(1500).optional() }),
    /** [epoch ms, value]: readings as they came, or the middle and mean of each step, with its `max` where that is another. Gaps are absent. */
    result: z.object({ series: z.record(z.string(), Points), max: z.record(z.string(), Points).optional(), stepSeconds: z.number().optional() }),
  },
  "feed.list": { scope: "read", params: z.object({ limit: z.number().int().min(1).max(500).optional() }), result: z.object({ entries: z.array(FeedEntry) }) },
  /** Made anew from the journal. `date`: YYYY-MM-DD, on which it begins (a week: any of its days); `last`: the last that is over; absent: the one that runs. */
  "report.get": { scope: "read", params: z.object({ period: Period.optional(), date: z.string().max(10).optional() }), result: Report },
  "time.sync": { scope: "read", params: empty, result: z.object({ time: z.string() }) },
  "tokens.new": {
    scope: "operate",
    params: z.object({ name: z.string().min(1).max(60), scope: Scope }),
    result: z.object({ id: z.string(), name: z.string(), scope: Scope, token: z.string() }),
  },
  "tokens.list": {
    scope: "admin",
    params: empty,
    result: z.object({ tokens: z.array(z.object({ id: z.string(), name: z.string(), scope: Scope, createdAt: z.string(), lastUsedAt: z.string().optional() })) }),
  },
  "tokens.revoke": { scope: "admin", params: z.object({ id }), result: z.object({ revoked: z.boolean() }) },
  "login.code": { scope: "admin", params: empty, result: z.object({ code: z.string(), url: z.string(), expiresAt: z.string() }) },
} as const satisfies Record<string, Method>;

export type MethodName = keyof typeof METHODS;
export type Params<N extends MethodName> = z.output<(typeof METHODS)[N]["params"]>;
export type Result<N extends MethodName> = z.output<(typeof METHODS)[N]["result"]>;

export const Hello = z.object({ protocol: z.literal(PROTOCOL), version: z.string(), time: z.string() });
export const AuthParams = z.object({ token: z.string().max(500).optional(), key: z.string().max(500).optional(), protocol: z.number().optional() });
/** `words`: to one who was in already, as whom this socket speaks from here on. */
export const AuthResult = z.object({ scope: Scope, caller: Caller, words: z.string().optional() });

export const ChannelEvent = Position.extend({
  subscription: z.string(),
  channel: z.string(),
  time: z.string(),
  type: z.enum(["snapshot", "patch", "event"]),
  data: z.unknown(),
});
export type ChannelEvent = z.infer<typeof ChannelEvent>;

/** What the server sends unasked: method name -> params. */
export const NOTIFICATIONS = {
  hello: Hello,
  "channel.event": ChannelEvent,
  "chat.delta": z.object({ conversation: z.string(), message: z.string(), text: z.string() }),
  "chat.call": z.object({
    conversation: z.string(),
    message: z.string(),
    callId: z.string(),
    tool: z.string(),
    arguments: z.unknown(),
    state: z.string(),
    text: z.string().optional(),
  }),
  "chat.ask": z.object({ conversation: z.string(), message: z.string(), ask: Ask }),
  "chat.done": ChatDone,
  /** The next bytes of a console, base64. */
  "console.data": z.object({ console: z.string(), data: z.string() }),
  "console.closed": z.object({ console: z.string(), why: z.string() }),
} as const;

export const CLOSE = { badFrame: 4400, credential: 4401, scope: 4403, protocol: 4406, slow: 4408, rate: 4429, restarting: 4503 } as const;

/** JSON-RPC 2.0 request, one object, no batches. */
export const RpcRequest = z.object({
  jsonrpc: z.literal("2.0"),
  id: z
    .union([z.string().max(100), z.number()])
    .nullable()
    .optional(),
  method: z.string().max(100),
  params: z.unknown().optional(),
});
export type RpcRequest = z.infer<typeof RpcRequest>;
