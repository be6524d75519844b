// Tells of plugins what the screen and scripts may know: state, permissions, parts. Decides nothing.
import { PERMISSION_NAMES } from "../contract/permission.ts";
import type { PluginInfo } from "../contract/wire.ts";
import type { WireWidget } from "../contract/wire-widget.ts";
import { milliseconds } from "../lib/duration.ts";
import type { Dropped } from "./discover.ts";
import type { Entry } from "./entry.ts";

interface Telling {
  list(): PluginInfo[];
  widgets(): WireWidget[];
}

export const describe = (entries: ReadonlyMap<string, Entry>, dropped: () => readonly Dropped[]): Telling => ({
  list: () => [...[...entries.values()].map(bundledInfo), ...dropped().map(droppedInfo)],
  widgets: () => [...entries.values()].flatMap(widgetsOf),
});

const bundledInfo = ({ found: { id }, state, literal, grant, error }: Entry): PluginInfo => ({
  id,
  title: literal?.title ?? id,
  about: literal?.about ?? "",
  state,
  source: "bundled",
  permissions: Object.fromEntries(PERMISSION_NAMES.flatMap((name) => (grant === undefined || grant.wishes[name].length === 0 ? [] : [[name, [...grant.wishes[name]]]]))),
  ...(error === undefined ? {} : { error }),
  tools: Object.keys(literal?.tools ?? {}).map((key) => `${id}_${key}`),
  channels: [...Object.keys(literal?.monitors ?? {}), ...Object.keys(literal?.channels ?? {})].map((name) => `${id}/${name}`),
  ...(literal?.monitors === undefined
    ? {}
    : {
        looks: Object.entries(literal.monitors).map(([name, { title, every }]) => ({ channel: `${id}/${name}`, title: title ?? name, everySeconds: milliseconds(every) / 1000 })),
      }),
});

/** Nothing of it has run, so nothing but its name is known, and nothing of it can have failed: what makes it unfit stands beside its state. */
const droppedInfo = ({ id, error, content }: Dropped): PluginInfo => ({
  id,
  title: id,
  about: content === undefined ? "" : `Dropped in, ${content.files.length} files, ${content.bytes} bytes; nothing of it has been run.`,
  state: "pending",
  source: "dropped",
  permissions: {},
  ...(error === undefined ? {} : { error }),
  tools: [],
  channels: [],
});

const widgetsOf = ({ found: { id }, state, literal }: Entry): WireWidget[] =>
  state === "running" ? Object.entries(literal?.widgets ?? {}).map(([name, widget]) => ({ id: `${id}/${name}`, plugin: id, channel: `${id}/${widget.from}`, widget })) : [];
