// The diagnosis: picks the judge for the alert, hands it what the probes told, and says plainly when they told nothing. Touches nothing.
import type { Alert, Cause, Context } from "jarvis";
import { z } from "jarvis";
import type { Ours } from "./attribute/about.ts";
import { attributeDeath, attributeUnhealthy, type Neighbour } from "./attribute/container.ts";
import { attributeGuest } from "./attribute/guest.ts";
import type { Config } from "./config.ts";
import { ContainerProbe } from "./probe/container.ts";
import { GuestProbe } from "./probe/guest.ts";

export const DIAGNOSED = ["guest-stopped", "container-died", "container-unhealthy"] as const;

interface About {
  alert: Alert;
  probes: Record<string, unknown>;
  openedAt: string;
  ours: readonly Ours[];
}

/** A probe may come bare or under its channel's name. */
const found = <S extends z.ZodType>(shape: S, probes: Record<string, unknown>): z.output<S> | undefined => {
  const candidates = [probes, ...Object.values(probes)];
  return candidates.map((candidate) => shape.safeParse(candidate)).find((read) => read.success)?.data;
};

const unasked = (alert: Alert, probes: Record<string, unknown>): Cause => {
  const errors = Object.entries(probes).flatMap(([name, value]) => (name.endsWith("#error") ? [{ what: String(value).slice(0, 1000), source: name.slice(0, 300) }] : []));
  return { kind: "unknown", words: `Nothing could be asked about ${alert.resource}, so I cannot tell why and leave it alone.`, evidence: errors, verdict: "unclear" };
};

const Containers = z.object({
  containers: z.record(
    z.string(),
    z.object({
      resource: z.string(),
      name: z.string(),
      host: z.string(),
      state: z.string(),
      project: z.string().optional(),
      exitCode: z.number().optional(),
      restartPolicy: z.string().optional(),
    }),
  ),
});
const DOWN = new Set(["exited", "dead", "restarting"]);
const HELD_UP = new Set(["always", "unless-stopped"]);

/** Containers of the same project that are down though they should run. */
const neighboursOf = async (ctx: Pick<Context<Config, unknown>, "state">, probe: ContainerProbe): Promise<Neighbour[]> => {
  const readings = await ctx.state("docker/containers").catch(() => ({}));
  const all = Object.values(readings).flatMap((reading) => Object.values(Containers.safeParse(reading.value).data?.containers ?? {}));
  const own = all.find((container) => container.resource === probe.resource);
  if (own?.project === undefined) return [];
  const ill = all.filter((other) => other.resource !== own.resource && other.host === own.host && other.project === own.project && DOWN.has(other.state));
  return ill.filter((other) => (other.exitCode ?? 0) !== 0 || HELD_UP.has(other.restartPolicy ?? "")).map(({ name, state }) => ({ name, state }));
};

export const diagnose = async (ctx: Pick<Context<Config, unknown>, "state">, { alert, probes, openedAt, ours }: About): Promise<Cause> => {
  if (alert.key === "guest-stopped") {
    const probe = found(GuestProbe, probes);
    return probe === undefined ? unasked(alert, probes) : attributeGuest(probe, openedAt, ours);
  }
  const probe = found(ContainerProbe, probes);
  if (probe === undefined) return unasked(alert, probes);
  return alert.key === "container-died" ? attributeDeath(probe, ours) : attributeUnhealthy(probe, await neighboursOf(ctx, probe));
};
