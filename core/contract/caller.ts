// Who asks: carried through the pipeline into the journal. Decides nothing.
import { z } from "zod";

export const SCOPES = ["read", "operate", "admin"] as const;
export const Scope = z.enum(SCOPES);
export type Scope = z.infer<typeof Scope>;

export const reaches = (have: Scope, need: Scope): boolean => SCOPES.indexOf(have) >= SCOPES.indexOf(need);

export const CallerKind = z.enum(["operator", "script", "model", "remedy", "runbook", "mcp", "plugin", "system"]);
export type CallerKind = z.infer<typeof CallerKind>;

/** `tainted`: text from outside (a log, a name, a page) took part in forming the request. */
export const Caller = z.object({
  kind: CallerKind,
  id: z.string().max(200),
  scope: Scope,
  tainted: z.boolean(),
});
export type Caller = z.infer<typeof Caller>;

/** Who called a tool, as its plugin's host is told. `bound`: as a step of a remedy bound to an incident. `seat`: where the person sits who attends to it. */
export interface Asker {
  readonly caller: Caller;
  readonly bound: boolean;
  readonly seat?: string | undefined;
}

/** Jarvis unasked: nobody's own words stand behind the call. A plugin's own call counts as unasked too. */
export const isUnasked = (caller: Caller): boolean =>
  caller.kind === "remedy" || caller.kind === "runbook" || caller.kind === "model" || caller.kind === "plugin" || caller.kind === "system";
