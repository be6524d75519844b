// The rules every plugin must meet beyond its types, said as issues with the path in the literal. Used at load and by the contract test. Pure.
import type { Issue } from "../contract/error.ts";
import type { DrawnWidget } from "../contract/widget.ts";
import { milliseconds } from "../lib/duration.ts";
import { at, jsonSchema, rowsAt, undescribed } from "../lib/shape.ts";
import { PluginLiteral } from "./literal.ts";

const LEAST_EVERY_MS = 1000;

export interface Checked {
  readonly literal?: PluginLiteral;
  readonly issues: readonly Issue[];
}

/** `bundled`: bundled plugins must bring tools, a widget and a channel. */
export const check = (id: string, value: unknown, { bundled }: { bundled: boolean }): Checked => {
  const parsed = PluginLiteral.safeParse(value);
  if (!parsed.success) return { issues: parsed.error.issues.slice(0, 20).map(({ path, message }) => ({ path: path.join("."), message })) };
  const literal = parsed.data;
  const issues = [...names(literal), ...monitors(literal), ...tools(literal), ...widgets(id, literal), ...remedies(id, literal), ...(bundled ? whole(literal) : [])];
  return issues.length === 0 ? { literal, issues } : { issues };
};

const names = ({ monitors, channels }: PluginLiteral): Issue[] =>
  Object.keys(channels)
    .filter((name) => Object.hasOwn(monitors, name))
    .map((name) => ({ path: `channels.${name}`, message: "a name is a monitor's or a channel's, never both" }));

const monitors = (literal: PluginLiteral): Issue[] =>
  Object.entries(literal.monitors).flatMap(([name, { every, watched }]) => [
    ...(milliseconds(every) < LEAST_EVERY_MS ? [{ path: `monitors.${name}.every`, message: "a monitor reads at most once a second" }] : []),
    ...(watched !== undefined && milliseconds(watched) < LEAST_EVERY_MS ? [{ path: `monitors.${name}.watched`, message: "a monitor reads at most once a second" }] : []),
  ]);

const tools = (literal: PluginLiteral): Issue[] =>
  Object.entries(literal.tools).flatMap(([name, tool]) => {
    const schema = jsonSchema(tool.input, "input");
    const path = `tools.${name}`;
    const issues: Issue[] = undescribed(schema).map((field) => ({ path: `${path}.input`, message: `the field ${field} has no description: add .describe("...")` }));
    if (schema.type !== "object") issues.push({ path: `${path}.input`, message: "a tool's input is a z.object" });
    if (tool.effect === "read") return issues;
    if (tool.preflight === undefined) issues.push({ path, message: `effect ${tool.effect} needs a preflight that reads the facts first` });
    if (tool.verify === undefined) issues.push({ path, message: `effect ${tool.effect} needs a verify that looks at the world afterwards` });
    return issues;
  });

const widgets = (id: string, literal: PluginLiteral): Issue[] =>
  Object.entries(literal.widgets).flatMap(([name, widget]) => {
    const path = `widgets.${name}`;
    const monitor = Object.hasOwn(literal.monitors, widget.from) ? literal.monitors[widget.from] : undefined;
    if (monitor === undefined) return [{ path: `${path}.from`, message: `there is no monitor ${widget.from}` }];
    const root = jsonSchema(monitor.state, "output");
    const rows = "rows" in widget ? rowsAt(root, widget.rows) : undefined;
    const missing = rows?.length === 0 ? [{ path: `${path}.rows`, message: `${"rows" in widget ? widget.rows : ""} is no list in the state of ${widget.from}` }] : [];
    const lost = fieldsOf(widget)
      .filter(([, field]) => (rows === undefined ? at(root, field) : at(root, field, rows)).length === 0)
      .map(([part, field]) => ({ path: `${path}.${part}`, message: `there is no ${field} in the state of ${widget.from}` }));
    return [...missing, ...(missing.length === 0 ? lost : []), ...actions(id, literal, widget, path)];
  });

/** Every path a widget draws, with the key it stands under. */
const fieldsOf = (widget: DrawnWidget): [string, string][] => {
  const named = Object.entries(widget).filter((entry): entry is [string, string] => FIELD_KEYS.has(entry[0]) && typeof entry[1] === "string");
  return "fields" in widget ? [...named, ...widget.fields.map(({ field }, index): [string, string] => [`fields.${index}.field`, field])] : named;
};
const FIELD_KEYS = new Set(["field", "at", "severity", "name", "value", "status"]);

const actions = (id: string, literal: PluginLiteral, widget: DrawnWidget, path: string): Issue[] =>
  (widget.actions ?? []).flatMap(({ tool }, index) => {
    const own = tool.startsWith(`${id}_`) ? tool.slice(id.length + 1) : undefined;
    if (own !== undefined && Object.hasOwn(literal.tools, own)) return [];
    const words = own === undefined ? `an action names one of the plugin's own tools, such as ${id}_noun_verb` : `there is no tool ${tool}`;
    return [{ path: `${path}.actions.${index}.tool`, message: words }];
  });

const remedies = (id: string, literal: PluginLiteral): Issue[] =>
  Object.entries(literal.remedies).flatMap(([name, remedy]) => [
    ...remedy.on.filter((key) => !/^[a-z][a-z0-9-]*$/.test(key)).map((key) => ({ path: `remedies.${name}.on`, message: `${key} is no key of an alert` })),
    ...remedy.steps.flatMap(({ tool }, index) => {
      const own = tool.startsWith(`${id}_`) ? tool.slice(id.length + 1) : undefined;
      if (own !== undefined && !Object.hasOwn(literal.tools, own)) return [{ path: `remedies.${name}.steps.${index}.tool`, message: `there is no tool ${tool}` }];
      return /^[a-z][a-z0-9-]*_[a-z0-9_-]+$/.test(tool) ? [] : [{ path: `remedies.${name}.steps.${index}.tool`, message: `${tool} is no tool's name (plugin_noun_verb)` }];
    }),
  ]);

const whole = (literal: PluginLiteral): Issue[] => {
  const issues: Issue[] = [];
  if (Object.keys(literal.tools).length === 0) issues.push({ path: "tools", message: "a bundled plugin brings at least one tool" });
  if (Object.keys(literal.widgets).length === 0) issues.push({ path: "widgets", message: "a bundled plugin brings at least one widget" });
  if (Object.keys(literal.monitors).length + Object.keys(literal.channels).length === 0) issues.push({ path: "monitors", message: "a bundled plugin brings at least one channel" });
  return issues;
};
