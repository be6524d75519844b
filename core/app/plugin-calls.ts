// A plugin's call as the pipeline takes it. A runbook's step is tried out first in the name of who ran it: what is refused or asked about there is so here too.
import type { CallAnswer } from "../contract/call.ts";
import type { PluginCall } from "../host/faces.ts";
import type { Pipeline } from "../tools/pipeline.ts";

const WAIT_SECONDS = 300;

export const createPluginCalls =
  (call: Pipeline["call"]) =>
  async ({ within, ...request }: PluginCall): Promise<CallAnswer> => {
    if (within === undefined) return call({ ...request, waitSeconds: WAIT_SECONDS });
    const { remedy, ...unbound } = request;
    const tried = await call({ ...(within.bound ? request : unbound), caller: within.caller, dryRun: true });
    if (tried.state !== "succeeded" && tried.state !== "held") return tried;
    const hold = tried.state === "held" ? { hold: request.hold ?? tried.text } : {};
    return call({ ...request, ...hold, waitSeconds: WAIT_SECONDS });
  };
