// Registers all a running plugin brings, and takes it back in reverse. All or nothing: one part that cannot be registered undoes the rest.
import { z } from "zod";
import { Cause } from "../contract/cause.ts";
import { Recalled } from "../contract/recall.ts";
import type { BoundDiagnose, BoundRemedy } from "../incidents/bound.ts";
import { bindConsole } from "./bind-console.ts";
import { bindMonitor } from "./bind-monitor.ts";
import { bindPrescribe } from "./bind-prescribe.ts";
import { bindTool } from "./bind-tool.ts";
import type { BoundRecall, HostFaces, Undo } from "./faces.ts";
import type { PluginLiteral, RemedyLiteral } from "./literal.ts";
import { askPlugin, callPlugin, type Running } from "./plugin-call.ts";

/** reliability F3: three tries an hour on one target, at once, then after 5 and 15 minutes. */
const TRIES = { perHour: 3, gapsMinutes: [0, 5, 15] } as const;

type Registering = Pick<HostFaces, "addTool" | "addMonitor" | "declareChannel" | "addDiagnose" | "addRemedy" | "addPrescribe" | "addRecall" | "seat">;

export const bindPlugin = async (plugin: Running, literal: PluginLiteral, faces: Registering): Promise<() => Promise<void>> => {
  const undo: Undo[] = [];
  const unbind = async (): Promise<void> => {
    for (const back of undo.splice(0).reverse()) await back();
  };
  try {
    for (const [key, tool] of Object.entries(literal.tools)) undo.push(faces.addTool(bindTool(plugin, key, tool)));
    for (const [key, console] of Object.entries(literal.consoles)) undo.push(faces.addTool(bindConsole(plugin, key, console, faces.seat)));
    for (const [topic, { title, data }] of Object.entries(literal.channels)) undo.push(faces.declareChannel(`${plugin.id}/${topic}`, title, data));
    for (const [name, remedy] of Object.entries(literal.remedies)) undo.push(faces.addRemedy(bindRemedy(plugin, name, remedy)));
    if (literal.diagnose !== undefined) undo.push(faces.addDiagnose(bindDiagnose(plugin, literal.diagnose)));
    if (literal.prescribe !== undefined) undo.push(faces.addPrescribe(bindPrescribe(plugin, literal.prescribe, literal.prescribes)));
    if (literal.recall !== undefined) undo.push(faces.addRecall(bindRecall(plugin, literal.recall)));
    for (const [name, monitor] of Object.entries(literal.monitors)) undo.push(faces.addMonitor(bindMonitor(plugin, name, monitor)));
    return unbind;
  } catch (thrown) {
    await unbind();
    throw thrown;
  }
};

const bindDiagnose = (plugin: Running, { on, read }: NonNullable<PluginLiteral["diagnose"]>): BoundDiagnose => ({
  plugin: plugin.id,
  on,
  read: (about, signal) => callPlugin(plugin, { what: "diagnose.read", signal, looks: true, answer: Cause }, (context) => read(context, about)),
});

const Lines = z.array(Recalled).max(200);

const bindRecall = (plugin: Running, recall: NonNullable<PluginLiteral["recall"]>): BoundRecall => ({
  plugin: plugin.id,
  read: (about, signal) => callPlugin(plugin, { what: "recall", signal, looks: true, answer: Lines }, (context) => recall(context, about)),
});

const bindRemedy = (plugin: Running, name: string, remedy: RemedyLiteral): BoundRemedy => ({
  id: `${plugin.id}/${name}`,
  plugin: plugin.id,
  title: remedy.title,
  on: remedy.on,
  kinds: remedy.kinds,
  steps: remedy.steps.map(({ tool, input }) => ({ tool, input: (about) => askPlugin(plugin, `remedies.${name}.steps`, z.unknown(), () => input(about)) })),
  tries: remedy.tries ?? TRIES,
});
