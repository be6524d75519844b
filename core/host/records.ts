// A plugin's own records, and what it may see of past incidents. Says whose words a record is by who called the tool, never by what the plugin says; refuses to write for who only looks.
import type { Caller } from "../contract/caller.ts";
import type { Context } from "../contract/context.ts";
import { JarvisError } from "../contract/error.ts";
import { IncidentsWanted, RecordDraft, RecordList, RecordSearch, type RecordSource } from "../contract/record.ts";
import type { Clock } from "../lib/clock.ts";
import { isOperator } from "../tools/caller-row.ts";
import type { HostFaces } from "./faces.ts";
import { allows, type Grant } from "./grant.ts";

/** The one word that is granted; no channel is called so. */
const RECORDS = "records";
const INCIDENTS = "core/incidents";

interface Options {
  readonly id: string;
  readonly grant: Grant;
  readonly faces: Pick<HostFaces, "records" | "incidents">;
  readonly clock: Clock;
}

interface Purpose {
  readonly looks?: boolean | undefined;
  readonly speaker?: Caller | undefined;
}

/** A request that text from outside took part in is from outside, whoever made it. */
export const sourceOf = (speaker: Caller | undefined): RecordSource => {
  if (speaker === undefined) return "jarvis";
  if (speaker.tainted || speaker.kind === "model" || speaker.kind === "mcp") return "outside";
  if (speaker.kind === "script") return isOperator(speaker) ? "person" : "script";
  return speaker.kind === "operator" ? "person" : "jarvis";
};

const fitting = <T>(
  schema: { safeParse(value: unknown): { success: true; data: T } | { success: false; error: { issues: { path: PropertyKey[]; message: string }[] } } },
  value: unknown,
): T => {
  const fits = schema.safeParse(value);
  if (fits.success) return fits.data;
  const [issue] = fits.error.issues;
  throw new JarvisError("bad_input", { message: `A record does not fit: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`.trim() });
};

const ungranted = (value: string): JarvisError => new JarvisError("permission", { message: `This plugin was not granted state: ${value}.`, data: { permission: "state", value } });

export const createRecordKeeping = ({ id: plugin, grant, faces, clock }: Options, purpose: () => Purpose | undefined): Context<unknown, unknown>["records"] => {
  const granted = (): NonNullable<HostFaces["records"]> => {
    if (!allows(grant, "state", RECORDS)) throw ungranted(RECORDS);
    if (faces.records === undefined) throw new JarvisError("unavailable", { message: "Nothing keeps records here." });
    return faces.records;
  };
  const writing = (): NonNullable<HostFaces["records"]> => {
    if (purpose()?.looks === true) throw new JarvisError("permission", { message: "What only looks keeps nothing and removes nothing." });
    return granted();
  };

  const put: Context<unknown, unknown>["records"]["put"] = async (given) => {
    const store = writing();
    const { id, confirm, shelf, text, about = "", confidence = 1, tags = [] } = fitting(RecordDraft, given);
    const speaker = purpose()?.speaker;
    const before = id === undefined ? undefined : store.get(plugin, id);
    if (id !== undefined && before === undefined) throw new JarvisError("not_found", { message: `There is no record ${id}.` });
    if (confirm === true && !(speaker !== undefined && isOperator(speaker) && sourceOf(speaker) === "person"))
      throw new JarvisError("operator_only", { message: "Only the operator stands behind what came from outside, in their own words." });
    // Who writes the words is their source; who only moves a record leaves it as it was.
    const isMoved = before !== undefined && before.text === text && before.about === about;
    const said = isMoved
      ? { source: before.source, by: before.by, trusted: before.trusted, atMs: Date.parse(before.at) }
      : { source: sourceOf(speaker), by: (speaker?.id ?? plugin).slice(0, 200), trusted: sourceOf(speaker) !== "outside", atMs: clock.now() };
    const kept = store.put(plugin, { shelf, text, about, confidence, tags, ...said, ...(confirm === true ? { trusted: true } : {}) }, id);
    if (kept === undefined) throw new JarvisError("too_large", { message: "No more is kept: there are too many records already. Forget some first." });
    return kept;
  };

  return Object.freeze({
    put,
    get: async (id: number) => granted().get(plugin, id),
    list: async (query: RecordList) => granted().list(plugin, fitting(RecordList, query)),
    search: async (query: RecordSearch) => granted().search(plugin, fitting(RecordSearch, query)),
    remove: async (id: number) => writing().remove(plugin, id),
  });
};

export const pastOf =
  ({ grant, faces }: Options): Context<unknown, unknown>["incidents"] =>
  async (wanted) => {
    if (!allows(grant, "state", INCIDENTS)) throw ungranted(INCIDENTS);
    return faces.incidents?.(fitting(IncidentsWanted, wanted)) ?? [];
  };
