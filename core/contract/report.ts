// The report of a day or a week: what is not known, what was done, refused, left alone. Shapes only; made from the journal and the incidents.
import { z } from "zod";

export const Period = z.enum(["day", "week"]);
export type Period = z.infer<typeof Period>;

/** In the order they are told. */
export const SECTIONS = ["unknown", "failed", "waiting", "done", "over", "refused", "left-alone", "observed", "consoles"] as const;
export type SectionName = (typeof SECTIONS)[number];

/** `words` and `details` are plain text of one line each. `times`: so often the same; `at`: the last time. `callIds`, `incident`: where it comes from. */
export const ReportLine = z.object({
  words: z.string(),
  at: z.string(),
  times: z.number().int().positive(),
  details: z.array(z.object({ label: z.string(), words: z.string() })),
  callIds: z.array(z.string()),
  incident: z.string().optional(),
});
export type ReportLine = z.infer<typeof ReportLine>;

/** `more`: lines that are not told here. */
export const ReportSection = z.object({ name: z.enum(SECTIONS), title: z.string(), lines: z.array(ReportLine), more: z.number().int().nonnegative() });
export type ReportSection = z.infer<typeof ReportSection>;

/** One day of a week, counted. */
export const ReportDay = z.object({
  date: z.string(),
  incidents: z.number().int(),
  done: z.number().int(),
  failed: z.number().int(),
  unknown: z.number().int(),
  refused: z.number().int(),
  /** From found to well again, the middle of those that Jarvis mended that day. */
  fixSeconds: z.number().optional(),
});
export type ReportDay = z.infer<typeof ReportDay>;

/**
 * `date`: the local date on which the period begins; it lasts from the report's time of day there to the same time a day or a week later (`from`, `to`).
 * `complete`: false while it still runs. `markdown`: the same for people, with everything from outside made harmless.
 */
export const Report = z.object({
  period: Period,
  date: z.string(),
  from: z.string(),
  to: z.string(),
  timeZone: z.string(),
  complete: z.boolean(),
  summary: z.string(),
  sections: z.array(ReportSection),
  days: z.array(ReportDay).optional(),
  markdown: z.string(),
});
export type Report = z.infer<typeof Report>;
