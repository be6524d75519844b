// A plugin's tool as the pipeline holds it. Every answer is parsed: it is plugin code's word.
import { z } from "zod";
import type { Asker } from "../contract/caller.ts";
import { JarvisError } from "../contract/error.ts";
import { ResourceId } from "../contract/resource.ts";
import { ToolResult } from "../contract/result.ts";
import { Preflight, Progress, Trace, Undo, Verdict } from "../contract/tool.ts";
import type { BoundTool } from "../tools/bound.ts";
import { isOperator } from "../tools/caller-row.ts";
import type { ToolLiteral } from "./literal.ts";
import { askPlugin, callPlugin, type Running } from "./plugin-call.ts";

const DEFAULT_SECONDS = 60;

export const bindTool = (plugin: Running, key: string, tool: ToolLiteral): BoundTool => {
  const { target, preflight, progress, verify, trace, undo } = tool;
  const what = (part: string): string => `tools.${key}.${part}`;
  return Object.freeze({
    name: `${plugin.id}_${key}`,
    plugin: plugin.id,
    title: tool.title,
    about: tool.about,
    ...(tool.says === undefined ? {} : { says: tool.says }),
    effect: tool.effect,
    input: tool.input,
    ...(tool.output === undefined ? {} : { output: tool.output }),
    deadlineMs: (tool.deadlineSeconds ?? DEFAULT_SECONDS) * 1000,
    verifyMs: (tool.verifySeconds ?? DEFAULT_SECONDS) * 1000,
    target: (input) => (target === undefined ? undefined : askPlugin(plugin, what("target"), ResourceId.optional(), () => target(input))),
    run: async (input, noted, signal, incident, asker?: Asker) => {
      if (tool.operatorOnly === true) operatorsOnly(tool, asker);
      const behalf = { speaker: asker?.caller, ...(tool.onBehalf === true ? { asker } : {}) };
      const result = await callPlugin(plugin, { what: what("run"), signal, incident, looks: tool.effect === "read", answer: ToolResult, ...behalf }, (context) =>
        tool.run(context, input, noted),
      );
      return withData(tool, `${plugin.id}: ${what("run")}`, result);
    },
    ...(preflight === undefined
      ? {}
      : { preflight: (input, signal) => callPlugin(plugin, { what: what("preflight"), signal, looks: true, answer: Preflight }, (context) => preflight(context, input)) }),
    ...(progress === undefined
      ? {}
      : { progress: (input, sent, signal) => callPlugin(plugin, { what: what("progress"), signal, looks: true, answer: Progress }, (context) => progress(context, input, sent)) }),
    ...(verify === undefined
      ? {}
      : {
          verify: (input, sent, earlier, signal) =>
            callPlugin(plugin, { what: what("verify"), signal, looks: true, answer: Verdict }, (context) => verify(context, input, sent, earlier)),
        }),
    ...(trace === undefined
      ? {}
      : { trace: (input, sent, signal) => callPlugin(plugin, { what: what("trace"), signal, looks: true, answer: Trace }, (context) => trace(context, input, sent)) }),
    ...(undo === undefined
      ? {}
      : {
          undo: (input, sent) => {
            const back = askPlugin(plugin, what("undo"), Undo.optional(), () => undo(input, sent));
            return back && { ...back, tool: `${plugin.id}_${back.tool}` };
          },
        }),
  } satisfies BoundTool);
};

/** An approval does not help: it is the operator's to say, not to let be said. */
const operatorsOnly = (tool: ToolLiteral, asker: Asker | undefined): void => {
  if (asker !== undefined && isOperator(asker.caller) && !asker.caller.tainted) return;
  throw new JarvisError("operator_only", { message: `${tool.title}: only the operator does this, in their own words. Nothing was changed.` });
};

/** Data that breaks the tool's own promise fails a read; an effect has happened all the same, so there it is a warning. */
const withData = (tool: ToolLiteral, what: string, result: ToolResult): ToolResult => {
  if (tool.output === undefined || result.data === undefined) return result;
  const fits = tool.output.safeParse(result.data);
  if (fits.success) return { ...result, data: fits.data };
  const words = `${what} gave data that does not fit its output: ${z.prettifyError(fits.error)}`.slice(0, 500);
  if (tool.effect === "read") throw new JarvisError("bug", { message: words });
  return { ...result, warnings: [...(result.warnings ?? []).slice(0, 19), words] };
};
