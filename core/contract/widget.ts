// The closed list of widget kinds. The UI draws kinds; it knows no plugin.
import { z } from "zod";

/** A button any kind may carry: an ordinary tool call. `input` may use `{field}` holes filled from the row. */
export const WidgetAction = z.object({
  title: z.string().max(60),
  tool: z.string().max(100),
  input: z.record(z.string(), z.unknown()).default({}),
  /** Show on each row (list, table) instead of once. */
  each: z.boolean().optional(),
  /** Show only when this field of the row (or state) equals the value. */
  when: z.object({ field: z.string(), is: z.unknown() }).optional(),
});
export type WidgetAction = z.infer<typeof WidgetAction>;

const base = {
  title: z.string().max(60),
  size: z.enum(["s", "m", "l"]).optional(),
  /** Name of the monitor whose state is drawn. */
  from: z.string().max(60),
  actions: z.array(WidgetAction).max(12).optional(),
};
/** Dotted path into the state; `rows`: path of an array (or of an object whose values are the rows). */
const field = z.string().max(120);

export const Widget = z.discriminatedUnion("kind", [
  z.object({ ...base, kind: z.literal("stat"), field, unit: z.string().max(12).optional(), words: z.string().max(120).optional() }),
  z.object({ ...base, kind: z.literal("gauge"), field, unit: z.string().max(12).optional(), max: z.number().optional(), limit: z.number().optional() }),
  z.object({ ...base, kind: z.literal("chart"), field, unit: z.string().max(12).optional() }),
  z.object({
    ...base,
    kind: z.literal("table"),
    rows: field,
    fields: z
      .array(z.object({ field, title: z.string().max(40), unit: z.string().max(12).optional() }))
      .min(1)
      .max(8),
  }),
  z.object({ ...base, kind: z.literal("timeline"), rows: field, at: field, words: field, severity: field.optional() }),
  z.object({ ...base, kind: z.literal("list"), rows: field, name: field, words: field.optional(), status: field.optional() }),
  z.object({ ...base, kind: z.literal("markdown"), field }),
  z.object({ ...base, kind: z.literal("grid"), rows: field, name: field, value: field.optional(), unit: z.string().max(12).optional(), status: field.optional() }),
  z.object({ ...base, kind: z.literal("custom"), component: z.string().regex(/^[A-Za-z][A-Za-z0-9]*$/) }),
]);
export type Widget = z.input<typeof Widget>;
export type DrawnWidget = z.output<typeof Widget>;
