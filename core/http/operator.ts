// Operator-only acts (DESIGN 2): which request is one, and who may do it. Pure; decides, does nothing.
import type { Ask } from "../contract/call.ts";
import { Autonomy, type MethodName } from "../contract/wire.ts";
import type { Who } from "./faces.ts";

/** A dashboard session counts as the operator's own hand this long after it proved itself. */
const FRESH_MINUTES = 5;

export type Act = "release" | "raise" | "approve" | "policy" | "credential";

/** Which operator-only act a request is, if any. `mode`: the autonomy of now. */
export const actOf = (method: MethodName, params: unknown, mode: Autonomy | undefined): Act | undefined => {
  if (method === "release") return "release";
  if (method === "rules.add" || method === "rules.change" || method === "rules.remove" || method === "rules.order") return "policy";
  if (method === "tokens.new" || method === "tokens.list" || method === "tokens.revoke" || method === "login.code") return "credential";
  if (typeof params !== "object" || params === null) return undefined;
  if (method === "asks.decide") return "decision" in params && params.decision === "approve" ? "approve" : undefined;
  if (method !== "autonomy.set" || !("mode" in params)) return undefined;
  const wanted = Autonomy.safeParse(params.mode);
  return mode === undefined || (wanted.success && Autonomy.options.indexOf(wanted.data) > Autonomy.options.indexOf(mode)) ? "raise" : undefined;
};

interface Circumstances {
  /** `server.open`. */
  readonly open: boolean;
  readonly nowMs: number;
  /** The ask in question, when one is approved. */
  readonly ask?: Ask | undefined;
}

/** Undefined when it may, else the reason. */
export const operatorRefusal = (act: Act, who: Who, { open, nowMs, ask }: Circumstances): string | undefined => {
  if (who.via === "control") return undefined;
  if (who.session !== undefined) {
    if (open) return undefined;
    const provedMs = who.authenticatedAt === undefined ? Number.NaN : Date.parse(who.authenticatedAt);
    const fresh = nowMs - provedMs <= FRESH_MINUTES * 60_000;
    return fresh ? undefined : `Prove it is you: enter a fresh code from \`./jarvis login\` (the last one is older than ${FRESH_MINUTES} minutes).`;
  }
  if (who.caller.kind !== "operator" || who.caller.scope !== "admin") return "Only the operator may do that: the CLI beside Jarvis, or a dashboard session.";
  if (act === "credential") return "A token may not hand out credentials; use the CLI beside Jarvis, or the dashboard.";
  if (act === "approve" && ask?.caller.kind === who.caller.kind && ask.caller.id === who.caller.id) return "A token may not approve a call it made itself.";
  return undefined;
};
