// A plugin's prescriptions as the core holds them: parsed, and none with a tool that the plugin itself was not granted.
import { z } from "zod";
import { JarvisError } from "../contract/error.ts";
import { Prescription } from "../contract/remedy.ts";
import type { BoundPrescribe } from "../incidents/bound.ts";
import type { PluginLiteral } from "./literal.ts";
import { callPlugin, type Running } from "./plugin-call.ts";

const Names = z.array(z.string().max(100)).max(500);

export const bindPrescribe = (plugin: Running, prescribe: NonNullable<PluginLiteral["prescribe"]>, prescribes: PluginLiteral["prescribes"]): BoundPrescribe => ({
  plugin: plugin.id,
  ...(prescribes === undefined ? {} : { names: (signal) => callPlugin(plugin, { what: "prescribes", signal, looks: true, answer: Names }, (context) => prescribes(context)) }),
  read: (about, signal) =>
    callPlugin(plugin, { what: "prescribe", signal, looks: true, answer: Prescription.optional() }, async (context) => {
      const answer = await prescribe(context, about);
      const read = Prescription.safeParse(answer);
      if (!read.success) return answer;
      const { steps, verify, compensation } = read.data;
      const tools = [...steps, ...(compensation === undefined ? [] : [compensation]), ...(verify.by === "look" ? [verify] : [])].map(({ tool }) => tool);
      for (const tool of new Set(tools))
        if ((await context.permissions.query({ name: "tool", value: tool })) !== "granted")
          throw new JarvisError("permission", { message: `${plugin.id} may not call ${tool}, so it may not prescribe it either.` });
      return read.data;
    }),
});
