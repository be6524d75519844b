// A plugin's console as the pipeline holds it: a call that opens it and answers, while the console itself lasts as long as the person who sits there. Refuses to open where nobody sits.
import { z } from "zod";
import { ConsoleSize } from "../contract/console.ts";
import { JarvisError } from "../contract/error.ts";
import { ResourceId } from "../contract/resource.ts";
import { Preflight } from "../contract/tool.ts";
import type { BoundTool } from "../tools/bound.ts";
import { consoleTarget } from "../tools/bound-facts.ts";
import type { HostFaces } from "./faces.ts";
import type { ConsoleLiteral } from "./literal.ts";
import { callPlugin, type Running } from "./plugin-call.ts";

const DEADLINE_MS = 60_000;

const Input = ConsoleSize.extend({ resource: ResourceId.describe("Whose shell, such as guest/101 or node/pve") });
const nothing = z.unknown().transform((): void => undefined);

/** Whatever went wrong: a shell that was not opened has done nothing, so there is nothing to look for. */
const definitely = (thrown: unknown): JarvisError => {
  if (!(thrown instanceof JarvisError)) return new JarvisError("bug", { message: "The console broke while it was opened.", cause: thrown, data: { definitive: true } });
  return new JarvisError(thrown.type, { ...thrown.details, message: thrown.message, data: { ...thrown.details.data, definitive: true } });
};

export const bindConsole = (plugin: Running, key: string, console: ConsoleLiteral, seat: HostFaces["seat"]): BoundTool => {
  const what = (part: string): string => `consoles.${key}.${part}`;
  return Object.freeze({
    name: `${plugin.id}_${key}`,
    plugin: plugin.id,
    title: console.title,
    about: console.about,
    effect: "disruptive",
    input: Input,
    deadlineMs: DEADLINE_MS,
    verifyMs: 0,
    console: { kinds: console.kinds },
    target: (input) => consoleTarget(Input.parse(input).resource),
    preflight: (input, signal) =>
      callPlugin(plugin, { what: what("preflight"), signal, looks: true, answer: Preflight }, (context) => console.preflight(context, Input.parse(input).resource)),
    run: async (input, { preflight }, signal, _incident, asker) => {
      if (seat === undefined || asker?.seat === undefined || preflight === undefined)
        throw new JarvisError("operator_only", { message: `${console.title}: nobody sits at its other end. Nothing was opened.` });
      const about = { ...Input.parse(input), preflight };
      const words = await seat(
        asker.seat,
        (line, life) => callPlugin(plugin, { what: what("attach"), signal: life, answer: nothing }, (context) => console.attach(context, about, line)),
        signal,
      ).catch((thrown: unknown) => {
        throw definitely(thrown);
      });
      return { text: words };
    },
  } satisfies BoundTool);
};
