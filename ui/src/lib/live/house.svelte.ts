// Everything the page knows of the house, as it comes over the one link. Holds copies; decides nothing and remembers nothing over a reload.

import { SvelteMap } from "svelte/reactivity";
import type { Ask, Call } from "$contract/call.ts";
import type { Drawn } from "$contract/drawn.ts";
import type { FeedEntry, Incident } from "$contract/incident.ts";
import type { ConsoleInfo, CoreStatus, MethodName, Params, Result, ToolInfo } from "$contract/wire.ts";
import type { WireWidget } from "$contract/wire-widget.ts";
import { marked } from "../resource/mark.ts";
import { createLink, type LinkState } from "./link.ts";
import { browserKeyPlace, signIn } from "./session.ts";
import { browserTime } from "./time.ts";
import { createWanted } from "./wanted.ts";
import { isWireError } from "./wire-error.ts";

const FEED_KEPT = 80;
/** Questions that were answered, until somebody has read what became of them. */
const SETTLED_KEPT = 3;
const CALLS_KEPT = 120;

let link = $state.raw<LinkState>({ at: "connecting" });
let everLive = $state(false);
let lastHeard = $state.raw<number | undefined>(undefined);
let latencyMs = $state<number | undefined>(undefined);
let clockOffsetMs = $state(0);
let drawn = $state.raw<Drawn | undefined>(undefined);
let status = $state.raw<CoreStatus | undefined>(undefined);
let incidents = $state.raw<readonly Incident[]>([]);
let asks = $state.raw<readonly Ask[]>([]);
let settled = $state.raw<readonly { ask: Ask; at: number }[]>([]);
let feed = $state.raw<readonly FeedEntry[]>([]);
let calls = $state.raw<readonly Call[]>([]);
let tools = $state.raw<readonly ToolInfo[]>([]);
let consoles = $state.raw<readonly ConsoleInfo[]>([]);
let widgets = $state.raw<readonly WireWidget[]>([]);
const shown = $derived(marked(drawn, incidents, { status, asks }));
const values = new SvelteMap<string, unknown>();
const listeners = new Set<(method: string, params: unknown) => void>();
const liveAgain = new Set<() => void>();

const byNewest = <T>(list: readonly T[], at: (entry: T) => string): T[] => [...list].sort((a, b) => at(b).localeCompare(at(a)));
const merged = <T>(old: readonly T[], more: readonly T[], id: (entry: T) => string, at: (entry: T) => string, kept: number): T[] => {
  const all = new Map([...old, ...more].map((entry) => [id(entry), entry]));
  return byNewest([...all.values()], at).slice(0, kept);
};
const addFeed = (more: readonly FeedEntry[]): void => {
  feed = merged(
    feed,
    more,
    (entry) => entry.id,
    (entry) => entry.at,
    FEED_KEPT,
  );
};
const addCalls = (more: readonly Call[]): void => {
  calls = merged(
    calls,
    more,
    (call) => call.callId,
    (call) => call.createdAt,
    CALLS_KEPT,
  );
};

const setValue: Record<string, (value: unknown) => void> = {
  "core/drawn": (value) => {
    drawn = value as Drawn;
  },
  "core/status": (value) => {
    status = value as CoreStatus;
  },
  "core/incidents": (value) => {
    const all = Object.values((value as { incidents: Record<string, Incident> }).incidents);
    incidents = byNewest(all, (incident) => incident.openedAt);
  },
  "core/asks": (value) => {
    const now = Object.values((value as { asks: Record<string, Ask> }).asks).sort((a, b) => a.expiresAt.localeCompare(b.expiresAt));
    const gone = asks.filter(({ id }) => !now.some((ask) => ask.id === id)).map((ask) => ({ ask, at: Date.now() + clockOffsetMs }));
    settled = [...gone, ...settled].slice(0, SETTLED_KEPT);
    asks = now;
  },
  "core/feed": (value) => addFeed((value ?? []) as FeedEntry[]),
  "core/calls": (value) => addCalls((value ?? []) as Call[]),
};

const line = createLink({
  open: (events) => {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/ws`);
    socket.onmessage = ({ data }) => events.message(String(data));
    socket.onclose = ({ code, reason }) => events.closed(code, reason);
    return socket;
  },
  time: browserTime,
  credential: async (fresh) => (fresh ? undefined : browserKeyPlace.read()) ?? (await signIn(browserKeyPlace)),
  onState: (next) => {
    if (link.at === "live" && next.at !== "live") {
      lastHeard = Date.now();
      wanted.lost();
    }
    link = next;
    if (next.at !== "live") return;
    everLive = true;
    wanted.connected();
    void loadLists();
    for (const act of liveAgain) act();
  },
  onNotice: (method, params) => {
    if (method === "channel.event") wanted.take(params as Parameters<typeof wanted.take>[0]);
    for (const listener of listeners) listener(method, params);
  },
  onLatency: (ms) => {
    latencyMs = ms;
  },
  onClock: (offset) => {
    clockOffsetMs = Math.abs(offset) < 1500 ? 0 : offset;
  },
});

const wanted = createWanted({
  call: line.call,
  onValue: (channel, value) => (setValue[channel] ? setValue[channel](value) : values.set(channel, value)),
  onEvent: (channel, data) => {
    if (channel === "core/feed") addFeed([data as FeedEntry]);
    else if (channel === "core/calls") addCalls([data as Call]);
    else values.set(channel, data);
  },
});

/** Asks one method of the wire. Throws WireError; the words are for people. */
export const call = async <N extends MethodName>(method: N, params: Params<N>, deadlineMs?: number): Promise<Result<N>> =>
  (await line.call(method, params, deadlineMs)) as Result<N>;

const loadLists = async (): Promise<void> => {
  const [listed, drawnWidgets, entries, journal, shells] = await Promise.allSettled([
    call("tools.list", {}),
    call("widgets.list", {}),
    call("feed.list", { limit: FEED_KEPT }),
    call("journal.list", { limit: 40, effects: "changes" }),
    call("consoles.list", {}),
  ]);
  if (listed.status === "fulfilled") tools = listed.value.tools;
  if (drawnWidgets.status === "fulfilled") widgets = drawnWidgets.value.widgets;
  if (entries.status === "fulfilled") addFeed(entries.value.entries);
  if (shells.status === "fulfilled") consoles = shells.value.consoles;
  if (journal.status === "fulfilled") addCalls(journal.value.calls);
};

export const house = {
  get link() {
    return link;
  },
  get live(): boolean {
    return link.at === "live";
  },
  /** There has been something to show since this page was opened. */
  get everLive(): boolean {
    return everLive;
  },
  get lastHeard() {
    return lastHeard;
  },
  get latencyMs() {
    return latencyMs;
  },
  get clockOffsetMs(): number {
    return clockOffsetMs;
  },
  /** With what open incidents mean for each. */
  get drawn() {
    return shown;
  },
  get status() {
    return status;
  },
  get incidents() {
    return incidents;
  },
  get asks() {
    return asks;
  },
  /** Those that no longer wait, newest first, with when they went. */
  get settled() {
    return settled;
  },
  forgetAsk(id: string): void {
    settled = settled.filter(({ ask }) => ask.id !== id);
  },
  get feed() {
    return feed;
  },
  get calls() {
    return calls;
  },
  get tools() {
    return tools;
  },
  get consoles() {
    return consoles;
  },
  get widgets() {
    return widgets;
  },
  /** The value of a channel somebody wants. */
  value: (channel: string): unknown => values.get(channel),
  want: wanted.want,
  retry: line.retry,
  onNotice(listener: (method: string, params: unknown) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  onLive(act: () => void): () => void {
    liveAgain.add(act);
    return () => liveAgain.delete(act);
  },
  /** The code a person typed. Throws WireError when it is not the one. */
  async login(code: string): Promise<void> {
    await signIn(browserKeyPlace, code);
    line.retry();
  },
  start(): () => void {
    const releases = Object.keys(setValue).map((channel) => wanted.want(channel));
    line.start();
    return () => {
      for (const release of releases) release();
      line.stop();
    };
  },
};

export const isOperatorOnly = (thrown: unknown): boolean => isWireError(thrown, "operator_only");
