// In whose name a runbook's step is called. A person, a script or an MCP client stays who they are; what runs unasked is the runbook, and never more than who ran it. Pure.
import { type Asker, isUnasked } from "../contract/caller.ts";
import { JarvisError } from "../contract/error.ts";
import type { PluginCall } from "./faces.ts";

const NAME = /^[a-z][a-z0-9-]{0,99}$/;

/** Throws permission where the tool declares no `onBehalf`, bad_input for what is no runbook's name. */
export const stepOf = (plugin: string, asker: Asker | undefined, runbook: string): Pick<PluginCall, "caller" | "within" | "remedy"> => {
  if (asker === undefined) throw new JarvisError("permission", { message: "Only a tool that declares onBehalf makes calls in the name of who called it." });
  if (!NAME.test(runbook)) throw new JarvisError("bad_input", { message: "That is no runbook's name." });
  const { caller, bound } = asker;
  const name = `${plugin}/${runbook}`;
  if (!isUnasked(caller)) return { caller, remedy: name };
  // Bound to the incident only where the one who ran it was: an ordinary call of a model or a plugin stays unbound.
  return { caller: { kind: "runbook", id: name, scope: caller.scope, tainted: caller.tainted }, within: { caller, bound }, ...(bound ? { remedy: name } : {}) };
};
