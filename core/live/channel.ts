// One channel: its offset, its value (state) or its last events (event), and its ring. Offsets never go back within an epoch.

import { diff, type Operation } from "../contract/patch.ts";
import type { ChannelEvent } from "../contract/wire.ts";
import type { Clock } from "../lib/clock.ts";
import { jsonText, type Publication, publication } from "./publication.ts";
import { createRing } from "./ring.ts";

export interface ChannelInfo {
  readonly kind: "state" | "event";
  readonly title: string;
  /** Called before a reader begins: a value nobody reads may be behind, and is brought up to date here by publishing. */
  readonly refresh?: () => void;
}

const EVENT_BOUNDS = { count: 1000, ageMs: 15 * 60_000, chars: 8 * 1024 * 1024 };
const STATE_BOUNDS = { count: 256, ageMs: 15 * 60_000, chars: 512 * 1024 };
/** How many of the kept events the snapshot of an event channel shows. */
const SNAPSHOT_EVENTS = 100;
const SNAPSHOT_EVENT_CHARS = 256 * 1024;
/** Below this a patch is sent without asking whether the whole value would be shorter. */
const SMALL_PATCH_CHARS = 4096;

interface Options {
  name: string;
  info: ChannelInfo;
  epoch: string;
  clock: Clock;
  /** The offset a channel of this name had reached before it went away in this epoch. */
  start: number;
}

export const createChannel = ({ name, info, epoch, clock, start }: Options) => {
  const ring = createRing(info.kind === "event" ? EVENT_BOUNDS : STATE_BOUNDS, start);
  let offset = start;
  let value: { now: unknown; text: string | undefined } | undefined;
  let whole: Publication | undefined;

  const make = (type: ChannelEvent["type"], dataText: string): Publication => publication({ channel: name, kind: info.kind, epoch, offset, time: clock.iso(), type, dataText });

  const publish = (type: ChannelEvent["type"], dataText: string): Publication => {
    offset += 1;
    const made = make(type, dataText);
    whole = type === "snapshot" ? made : undefined;
    ring.add(made, clock.now());
    return made;
  };

  const valueText = (): string => {
    if (value === undefined) return "null";
    value.text ??= jsonText(value.now);
    return value.text;
  };

  /** Undefined when nothing changed. */
  const state = (next: unknown, operations: readonly Operation[] | undefined): Publication | undefined => {
    const before = value;
    const changes = before === undefined ? [] : (operations ?? diff(before.now, next));
    if (before !== undefined && changes.length === 0) return undefined;
    value = { now: next, text: undefined };
    if (before === undefined) return publish("snapshot", valueText());
    const patchText = jsonText(changes);
    if (patchText.length > SMALL_PATCH_CHARS && patchText.length > valueText().length) return publish("snapshot", valueText());
    return publish("patch", patchText);
  };

  const eventsText = (): string => {
    const newestFirst: string[] = [];
    let chars = 0;
    for (const kept of ring.latest(SNAPSHOT_EVENTS, clock.now()).reverse()) {
      chars += kept.dataText.length;
      if (chars > SNAPSHOT_EVENT_CHARS) break;
      newestFirst.push(kept.dataText);
    }
    return `[${newestFirst.reverse().join(",")}]`;
  };

  /** All there is now, at the present offset: the value, or the kept events (oldest first). Undefined while a state channel has no value. */
  const snapshot = (): Publication | undefined => {
    if (info.kind === "event") return make("snapshot", eventsText());
    if (value === undefined) return undefined;
    whole ??= make("snapshot", valueText());
    return whole;
  };

  return {
    name,
    info,
    state,
    event: (data: unknown): Publication => publish("event", jsonText(data)),
    snapshot,
    offset: (): number => offset,
    /** What a reader at `since` missed; undefined when it cannot be told exactly. */
    missed: (since: number): Publication[] | undefined => ring.after(since, clock.now()),
  };
};

export type Channel = ReturnType<typeof createChannel>;
