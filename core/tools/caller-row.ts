// Which row of the table of effects a caller stands in (DESIGN 5). Pure.
import { type Caller, isUnasked, reaches } from "../contract/caller.ts";

export type CallerRow = "unasked" | "operator" | "token" | "read";

/** A scope of `read` changes nothing, whoever has it. An MCP client is never the operator. */
export const callerRow = (caller: Caller): CallerRow => {
  if (!reaches(caller.scope, "operate")) return "read";
  if (isUnasked(caller)) return "unasked";
  if (caller.scope === "admin" && caller.kind !== "mcp") return "operator";
  return "token";
};

/** Who may approve, release and raise: the operator's own channels and admin tokens. http checks the freshness of sessions beyond it. */
export const isOperator = (caller: Caller): boolean => callerRow(caller) === "operator";
