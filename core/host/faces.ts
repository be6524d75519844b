// What the host needs of the rest of the core, as closures: core/app.ts hands them in. Shapes only.
import type { z } from "zod";
import type { CallAnswer } from "../contract/call.ts";
import type { Asker, Caller } from "../contract/caller.ts";
import type { ConsoleLine } from "../contract/console.ts";
import type { PermissionAsk, Series } from "../contract/context.ts";
import type { JarvisError } from "../contract/error.ts";
import type { Incident } from "../contract/incident.ts";
import type { Reading } from "../contract/reading.ts";
import type { RecallBudget, Recalled } from "../contract/recall.ts";
import type { IncidentsWanted, KeptRecord, RecordList, RecordSearch } from "../contract/record.ts";
import type { BoundDiagnose, BoundPrescribe, BoundRemedy } from "../incidents/bound.ts";
import type { BoundMonitor } from "../state/bound.ts";
import type { BoundTool } from "../tools/bound.ts";

/** Undoes what it answers. */
export type Undo = () => void | Promise<void>;

export interface PluginCall {
  readonly tool: string;
  readonly arguments: unknown;
  readonly caller: Caller;
  /** The incident for which the calling tool runs, when it runs for one. */
  readonly incident?: string;
  /** The runbook whose step this is, `plugin/name`. */
  readonly remedy?: string;
  /** Ask a person whatever the table says, for this reason. */
  readonly hold?: string;
  /** Who ran the runbook: what is not allowed to that one is not allowed here. */
  readonly within?: Asker;
}

/** What a plugin remembers that bears on some words. */
export interface BoundRecall {
  readonly plugin: string;
  readonly read: (about: RecallBudget & { readonly words: string }, signal: AbortSignal) => Promise<Recalled[]>;
}

export interface Sessions {
  refused(): JarvisError | undefined;
  on(close: (why: JarvisError) => void): () => void;
}

/** `put` answers undefined where there is no room for a new one, or none of that id. */
export interface RecordFaces {
  put(plugin: string, words: Omit<KeptRecord, "id" | "at"> & { atMs: number }, id?: number): KeptRecord | undefined;
  get(plugin: string, id: number): KeptRecord | undefined;
  list(plugin: string, query: RecordList): { records: KeptRecord[]; count: number };
  search(plugin: string, query: RecordSearch): KeptRecord[];
  remove(plugin: string, id: number): boolean;
}

/** Runs a console from its opening to its end; `signal` ends it. */
export type Attach = (line: ConsoleLine, signal: AbortSignal) => Promise<void>;

export interface HostFaces {
  addTool(tool: BoundTool): Undo;
  addMonitor(monitor: BoundMonitor): Undo;
  declareChannel(channel: string, title: string, schema: z.ZodType): Undo;
  publish(channel: string, data: unknown): void;
  addDiagnose(diagnose: BoundDiagnose): Undo;
  addRemedy(remedy: BoundRemedy): Undo;
  addPrescribe(prescribe: BoundPrescribe): Undo;
  addRecall(recall: BoundRecall): Undo;
  /** Last good readings by channel. */
  state(pattern: string): Record<string, Reading>;
  history(pattern: string, minutes: number): Record<string, Series> | Promise<Record<string, Series>>;
  /** Through the one pipeline; answers when the call ended or is held. */
  call(request: PluginCall): Promise<CallAnswer>;
  /** Shows the wish as an ask on the screen; never grants by itself. */
  askPermission(request: PermissionAsk & { plugin: string; why: string }): Promise<"granted" | "prompt" | "denied">;
  /** Whether plugins may hold connections open now: `refused` says why not, `on` is told when those that are open must go. */
  sessions?: Sessions;
  /** Hands a console to the person who sits there; resolves with the words of its opening, rejects when it could not be opened. Absent: nobody sits anywhere. */
  seat?(seat: string, attach: Attach, signal: AbortSignal): Promise<string>;
  /** The one document kept for each plugin. */
  kept?: { get(plugin: string): unknown; set(plugin: string, value: unknown): void };
  /** What each plugin was told to keep, cleaned of secrets. */
  records?: RecordFaces;
  /** Past incidents, newest first. */
  incidents?(wanted: IncidentsWanted): Incident[];
  /** A variable of the environment (core/settings.ts is its only reader). */
  env?(name: string): string | undefined;
  /** A plugin's own words for the log. */
  note?(plugin: string, message: string, data?: Record<string, unknown>): void;
}
