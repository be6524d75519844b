// Remediation: says why something stopped and what is the right thing to do about it. It acts only through other plugins' tools, in the one pipeline.
import { definePlugin } from "jarvis";
import { Config } from "./config.ts";
import { DIAGNOSED, diagnose } from "./diagnose.ts";
import { prescribe } from "./prescribe.ts";
import { remedies } from "./remedies.ts";
import { createMemory, shelfOf } from "./runbooks/shelf.ts";
import { runs } from "./runs.ts";
import { runbookConfirm } from "./tools/confirm.ts";
import { runbookExplain, runbookList, runbookRun } from "./tools/runbook.ts";

export default definePlugin({
  title: "Remediation",
  about: "Attributes every stop before anything is done about it, and binds remedies to what is proven.",
  permissions: {
    tool: [
      { value: "proxmox_*", why: "steps of remedies and runbooks" },
      { value: "docker_container_*", why: "steps of remedies and runbooks" },
    ],
    state: [
      { value: "core/incidents", why: "to show what the remedies did" },
      { value: "docker/containers", why: "to see whether a neighbour is the cause" },
      { value: "proxmox/replication", why: "which replication job of a guest a runbook means" },
      { value: "proxmox/guests", why: "which guests did not start with their node" },
      { value: "core/tools", why: "whether the tools that runbooks name are there" },
    ],
    read: [{ value: "config:runbooks", why: "the runbooks" }],
  },
  config: Config,
  connect: createMemory,
  monitors: { runs },
  tools: { runbook_list: runbookList, runbook_explain: runbookExplain, runbook_run: runbookRun, runbook_confirm: runbookConfirm },
  diagnose: { on: DIAGNOSED, read: diagnose },
  remedies,
  prescribe,
  prescribes: async (ctx) => (await shelfOf(ctx)).runbooks.map(({ name }) => name),
  widgets: { runs: { kind: "timeline", title: "Remedies", from: "runs", rows: "runs", at: "at", words: "words", severity: "severity" } },
});
