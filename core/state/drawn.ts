// What the screen needs of the resources, quantised to what a digit or a pixel shows. Pure.
import type { Drawn, DrawnResource } from "../contract/drawn.ts";
import type { LiveResource } from "../contract/resource.ts";

/** Labels a screen shows or opens with; others are for programs. */
const LABELS = ["state", "health", "image", "lock", "tags", "host", "hastate", "content"] as const;

const percent = (part: number | undefined, whole: number | undefined): number | undefined =>
  part === undefined || whole === undefined || whole <= 0 ? undefined : Math.round((100 * part) / whole);

const present = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== false)) as { [K in keyof T]?: Exclude<T[K], undefined> };

const labelsOf = (resource: LiveResource): Record<string, string> | undefined => {
  const shown = LABELS.flatMap((name) => (resource.labels?.[name] ? [[name, resource.labels[name]] as const] : []));
  return shown.length > 0 ? Object.fromEntries(shown) : undefined;
};

export const drawResource = (resource: LiveResource, mark: "incident" | "acting" | undefined): DrawnResource => {
  const figures = resource.figures ?? {};
  const cpu = figures.cpuPercent;
  return {
    kind: resource.kind,
    name: resource.name,
    status: resource.status,
    ...present({
      parent: resource.parent,
      stale: resource.stale,
      since: resource.since,
      vmid: resource.vmid,
      guestKind: resource.guestKind,
      template: resource.template,
      cpu: cpu === undefined ? undefined : Math.round(cpu),
      memory: percent(figures.memoryBytes, figures.memoryTotalBytes),
      disk: percent(figures.diskBytes, figures.diskTotalBytes),
      cpus: figures.cpus,
      memoryTotalBytes: figures.memoryTotalBytes,
      diskTotalBytes: figures.diskTotalBytes,
      startedAt: resource.startedAt,
      labels: labelsOf(resource),
      mark,
      protected: resource.protected,
      self: resource.self,
    }),
  };
};

/** Votes as the nodes' own labels tell (`vote`: how many, `quorate`: yes or no); none tell, none are drawn. */
const quorumOf = (resources: readonly LiveResource[]): Drawn["quorum"] => {
  const voters = resources.filter((resource) => resource.kind === "node" && resource.labels?.vote !== undefined);
  if (voters.length === 0) return undefined;
  const count = (nodes: readonly LiveResource[]): number => nodes.reduce((sum, node) => sum + Number(node.labels?.vote ?? 0), 0);
  return { votes: count(voters.filter((node) => node.status === "up")), of: count(voters), quorate: voters.some((node) => node.labels?.quorate === "yes") };
};

export const draw = (resources: readonly LiveResource[], marks: ReadonlyMap<string, "incident" | "acting">): Drawn => {
  const quorum = quorumOf(resources);
  return { resources: Object.fromEntries(resources.map((resource) => [resource.id, drawResource(resource, marks.get(resource.id))])), ...(quorum ? { quorum } : {}) };
};
