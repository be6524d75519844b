// One's own acts: sent, waited for, told in a toast in the words of the answer. An act that wants a fresh proof asks for the code first.
import type { CallAnswer } from "$contract/call.ts";
import type { Autonomy, MethodName, Params, Result } from "$contract/wire.ts";
import { call, house, isOperatorOnly } from "./house.svelte.ts";
import { toasts } from "./toast.svelte.ts";
import { wordsOf } from "./wire-error.ts";

const WAIT_SECONDS = 90;

interface Proof {
  words: string;
  again: () => void;
}
let proof = $state.raw<Proof | undefined>(undefined);
const busy = $state<Record<string, boolean>>({});

export const acts = {
  /** An act waits for a person to prove who they are. */
  get proof() {
    return proof;
  },
  dismissProof(): void {
    proof = undefined;
  },
  isBusy: (key: string): boolean => busy[key] === true,
};

/** Undefined when it failed, which was told, or waits for a fresh proof. `tells`: whether who asks tells of it in a place of its own. */
export const attempt = async <N extends MethodName>(method: N, params: Params<N>, deadlineMs?: number, tells?: (thrown: unknown) => boolean): Promise<Result<N> | undefined> => {
  try {
    return await call(method, params, deadlineMs);
  } catch (thrown) {
    if (isOperatorOnly(thrown)) proof = { words: wordsOf(thrown), again: () => void attempt(method, params, deadlineMs) };
    else if (!tells?.(thrown)) toasts.say("failed", wordsOf(thrown));
    return undefined;
  }
};

const TONE = { succeeded: "done", running: "waiting", held: "waiting", failed: "failed", refused: "failed", unknown: "failed" } as const satisfies Record<
  CallAnswer["state"],
  string
>;

/** Calls a tool and says how it went. */
export const callTool = async (name: string, input: Record<string, unknown>, key = name): Promise<CallAnswer | undefined> => {
  if (busy[key]) return undefined;
  busy[key] = true;
  const answer = await attempt("tools.call", { name, arguments: input, waitSeconds: WAIT_SECONDS }, (WAIT_SECONDS + 10) * 1000);
  busy[key] = false;
  if (answer) toasts.say(TONE[answer.state], answer.text || `${name}: ${answer.state}`);
  return answer;
};

export const setMode = async (mode: Autonomy): Promise<void> => {
  const modes = await attempt("autonomy.set", { mode });
  if (modes) toasts.say("done", `Autonomy is now ${modes.mode}.`);
};

export const holdAll = async (): Promise<boolean> => {
  const modes = await attempt("kill", { level: "effects", reason: "hold all, from the dashboard" });
  if (modes) toasts.say("done", "Held. I am only watching.");
  return modes !== undefined;
};

export const release = async (): Promise<void> => {
  const modes = await attempt("release", {});
  if (modes && !modes.killed) toasts.say("done", `Released. Autonomy is ${modes.mode}.`);
};

export const decide = async (ask: { id: string; hash: string }, decision: "approve" | "reject", confirm?: string): Promise<void> => {
  const answer = await attempt("asks.decide", { id: ask.id, decision, hash: ask.hash, ...(confirm === undefined ? {} : { confirm }) });
  // Approved, and not done all the same: it may wait for something else first.
  if (answer?.text) toasts.say(answer.state === "held" ? "waiting" : "failed", answer.text);
  else if (answer) toasts.say("done", decision === "approve" ? "Approved." : "Denied.");
};

/** After the code was taken: does what was asked for again. */
export const prove = async (code: string): Promise<void> => {
  const waiting = proof;
  await house.login(code);
  proof = undefined;
  waiting?.again();
};
