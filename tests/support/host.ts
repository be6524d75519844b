// A host whose faces are collected instead of acted on, for tests of plugins and of the host itself.
import { JarvisError } from "../../core/contract/error.ts";
import type { HostFaces } from "../../core/host/faces.ts";
import { createHost } from "../../core/host/load.ts";
import type { BoundDiagnose, BoundRemedy } from "../../core/incidents/bound.ts";
import { createClock } from "../../core/lib/clock.ts";
import type { BoundMonitor } from "../../core/state/bound.ts";
import type { BoundTool } from "../../core/tools/bound.ts";

type HostOptions = Parameters<typeof createHost>[0];
type Options = Pick<HostOptions, "folders" | "bundled"> & Partial<Omit<HostOptions, "faces">> & { faces?: Partial<HostFaces> };

const keepIn =
  <T>(list: T[]) =>
  (thing: T): (() => void) => {
    list.push(thing);
    return () => void list.splice(list.indexOf(thing), 1);
  };

/** `tools`, `monitors` ... hold what is registered now; after stop() they are empty again. */
export const testHost = (options: Options) => {
  const tools: BoundTool[] = [];
  const monitors: BoundMonitor[] = [];
  const channels: string[] = [];
  const diagnoses: BoundDiagnose[] = [];
  const remedies: BoundRemedy[] = [];
  const published: { channel: string; data: unknown }[] = [];
  const logs: string[] = [];
  const faces: HostFaces = {
    addTool: (tool) => {
      if (tools.some(({ name }) => name === tool.name)) throw new JarvisError("bug", { message: `two tools named ${tool.name}` });
      return keepIn(tools)(tool);
    },
    addMonitor: keepIn(monitors),
    declareChannel: (channel) => keepIn(channels)(channel),
    publish: (channel, data) => void published.push({ channel, data }),
    addDiagnose: keepIn(diagnoses),
    addRemedy: keepIn(remedies),
    addPrescribe: () => () => undefined,
    addRecall: () => () => undefined,
    state: () => ({}),
    history: () => ({}),
    call: async () => ({ callId: "call-1", state: "succeeded", text: "done" }),
    askPermission: async () => "prompt",
    ...options.faces,
  };
  const host = createHost({
    configs: {},
    clock: createClock(),
    log: (level, message) => void logs.push(`${level} ${message}`),
    approvals: { denied: () => ({}) },
    ...options,
    faces,
  });
  return { host, tools, monitors, channels, diagnoses, remedies, published, logs };
};
