// The one way to act: parse, policy, (ask), budget and facts, intent, sending, run, verify, outcome, report. Each part is a file; this strings them.
import { type Ask, type Call, type CallAnswer, isTerminal, outside } from "../contract/call.ts";
import { JarvisError } from "../contract/error.ts";
import { toCall } from "../store/journal/rows.ts";
import type { Row } from "../store/journal/schema.ts";
import { admit } from "./admit.ts";
import { createAsks, type DecidedBy } from "./asks.ts";
import { newCall, newCallId } from "./birth.ts";
import type { BoundTool } from "./bound.ts";
import { DAY_MS } from "./budget.ts";
import { drive } from "./drive.ts";
import { createIdempotency } from "./idempotency.ts";
import { isNotApplied, LATE_MS, type Late, watchLate } from "./late.ts";
import { lookOnce } from "./look.ts";
import { askedTool, inputOf, type Parts, type PipelineOptions, toolOf } from "./parts.ts";
import { proposeNow } from "./record.ts";
import { recoverOne } from "./recover.ts";
import { rehearse } from "./rehearse.ts";
import type { CallRequest } from "./request.ts";
import { parseInput } from "./schema.ts";
import { send } from "./send.ts";
import { createTasks } from "./tasks.ts";
import { answerOf, createWaiting, isSettled } from "./waiting.ts";

/** How long stopping waits for what is just being sent, before it is left to the next start as unknown. */
const STOP_MS = 20_000;

export const createPipeline = (options: PipelineOptions) => {
  const { clock, journal } = options;
  const parked = new AbortController();
  const cut = new AbortController();
  const listeners = new Set<(call: Call) => void>();
  const lateListeners = new Set<(call: Call, words: string) => void>();
  const waiting = createWaiting(clock, journal.row);
  const tasks = createTasks(options.log);

  const parts: Parts = {
    ...options,
    parked: parked.signal,
    cut: cut.signal,
    inputs: new Map(),
    seats: new Map(),
    emit: (row) => {
      waiting.moved(row);
      const call = toCall(row);
      for (const listener of [...listeners]) tasks.quietly("a listener of calls", () => listener(call));
    },
  };

  const tellLate = ({ row, words }: Late): void => {
    parts.log("warn", "an act came after it was closed as not applied", { callId: row.callId, words });
    for (const listener of [...lateListeners]) tasks.quietly("a listener of late effects", () => listener(toCall(row), words));
  };
  const watch = (row: Row): void => {
    if (isNotApplied(row)) void tasks.run(`late ${row.callId}`, () => watchLate(parts, row, tellLate));
  };
  const follow = async (row: Row): Promise<void> => watch(await drive(parts, row));

  /** From intent on; `approved`: a person decided. */
  const act = async (row: Row, approved: boolean): Promise<void> => {
    if (row.state !== "intent") return;
    const tool = toolOf(parts, row.tool);
    await follow(await send(parts, tool, { row, input: inputOf(parts, tool, row), hold: undefined, approved }));
  };
  const asks = createAsks(parts, (row) => void tasks.run(row.callId, () => act(row, true)));

  const begin = async (tool: BoundTool, request: CallRequest, input: unknown, row: Row): Promise<void> => {
    const admitted = await admit(parts, tool, { row, input, hold: request.hold, approved: false });
    const ask = admitted.state === "held" ? journal.askOfCall(admitted.callId) : undefined;
    if (ask) asks.watch(ask);
    await act(admitted, false);
  };

  const answer = (callId: string): CallAnswer => {
    const row = journal.row(callId);
    if (!row) throw new JarvisError("not_found", { message: `There is no call ${callId}.` });
    return answerOf(row, row.state === "held" ? journal.askOfCall(callId)?.id : undefined);
  };

  const change = async (tool: BoundTool, request: CallRequest, input: unknown): Promise<CallAnswer> => {
    const row = proposeNow(parts, newCall(parts, tool, request, input));
    parts.inputs.set(row.callId, input);
    if (request.seat !== undefined) parts.seats.set(row.callId, request.seat);
    parts.emit(row);
    const task = tasks.run(row.callId, () => begin(tool, request, input, row));
    await Promise.race([waiting.answerable(row.callId, request.waitSeconds), task]);
    return answer(row.callId);
  };

  const idempotency = createIdempotency({ clock, journal, answer, ready: waiting.answerable });

  /** Throws not_found for an unknown tool, bad_input, unavailable when stopping or when the journal cannot take it. All else is an answer. */
  const call = async (request: CallRequest): Promise<CallAnswer> => {
    if (parked.signal.aborted) throw new JarvisError("unavailable", { message: "Jarvis is stopping and takes no more calls." });
    const tool = askedTool(parts, request.tool, request.caller);
    const input = parseInput(tool, request.arguments);
    if (request.dryRun === true && tool.effect !== "read") return rehearse(parts, tool, request, input);
    return idempotency.once(request, input, () => (tool.effect === "read" ? lookOnce(parts, tool, request, input, newCallId(clock.now())) : change(tool, request, input)));
  };

  /** Resolves with the call at its terminal state. Throws not_found. */
  const wait = async (callId: string, signal?: AbortSignal): Promise<Call> => {
    await waiting.until(callId, (row) => isTerminal(row.state), signal);
    const ended = journal.get(callId);
    if (!ended) throw new JarvisError("not_found", { message: `There is no call ${callId}.` });
    return ended;
  };

  const decide = async (askId: string, decision: "approve" | "reject", by: DecidedBy): Promise<{ state: string; text?: string }> => {
    const { row, waits } = await asks.decide(askId, decision, by);
    const state = outside(row.state);
    const text = waits ?? (decision === "approve" && state === "refused" ? row.text : null);
    return { state, ...(text === null ? {} : { text }) };
  };

  /** Ends what waits for a person on behalf of an incident that is over. */
  const withdraw = (incident: string, words: string): void => void tasks.run(`withdraw ${incident}`, () => asks.withdraw(incident, words));

  /** To be awaited before anything else is called; what must be followed goes on by itself afterwards. */
  const recover = async (): Promise<void> => {
    for (const row of journal.unfinished()) {
      if (tasks.has(row.callId)) continue;
      const found = await recoverOne(parts, row);
      if (found.state === "held") {
        const ask = journal.askOfCall(found.callId);
        if (ask) asks.watch(ask);
      } else if (!isSettled(found)) void tasks.run(found.callId, () => follow(found));
    }
    const known = new Set(journal.late().map(({ callId }) => callId));
    for (const row of journal.recent(clock.now() - DAY_MS)) if ((row.endedMs ?? 0) > clock.now() - LATE_MS && !known.has(row.callId)) watch(row);
  };

  /** Takes no more calls, leaves what is followed for the next start, and waits a while for what is just being sent. */
  const stop = async (): Promise<void> => {
    parked.abort(new JarvisError("unavailable", { message: "Jarvis is stopping." }));
    asks.stop();
    const cancel = clock.after(STOP_MS, () => cut.abort(new JarvisError("upstream_timeout", { message: "Jarvis stopped before the answer came." })));
    await tasks.all();
    cancel();
  };

  const on = (listener: (moved: Call) => void): (() => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };

  /** Told of a call closed as not applied that happened after all, once that is on record. */
  const onLate = (listener: (call: Call, words: string) => void): (() => void) => {
    lateListeners.add(listener);
    return () => void lateListeners.delete(listener);
  };

  return { call, wait, decide, withdraw, asks: (): Ask[] => asks.list(), recover, stop, on, onLate };
};

export type Pipeline = ReturnType<typeof createPipeline>;
export type { CallRequest } from "./request.ts";
