// What the screen needs of the resources, quantised to what a digit or a pixel shows. Pure.
import type { Drawn, DrawnResource } from "../contract/drawn.ts";
import type { LiveResource } from "../contract/resource.ts";

/** Labels a screen shows or opens with; others are for programs. */
const LABELS = ["state", "health", "image", "lock", "tags", "host", "hastate", "content"] as const;

/** So many things have room for digits; more are cells of which only the height and the colour show. */
const WITH_DIGITS = 60;
/** By how many points a figure must have moved from what is drawn before it is drawn anew. */
const BANDS = { digits: { cpu: 5, memory: 2 }, cells: { cpu: 8, memory: 4 } } as const;
type Band = (typeof BANDS)[keyof typeof BANDS];

/** What is drawn stays while the figure wavers around it; nothing and all are always drawn as such. */
const steady = (now: number | undefined, drawn: number | undefined, band: number): number | undefined => {
  if (now === undefined || drawn === undefined) return now;
  return Math.abs(now - drawn) < band && now > 0 && now < 100 ? drawn : now;
};

const percent = (part: number | undefined, whole: number | undefined): number | undefined =>
  part === undefined || whole === undefined || whole <= 0 ? undefined : Math.round((100 * part) / whole);

const present = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== false)) as { [K in keyof T]?: Exclude<T[K], undefined> };

const labelsOf = (resource: LiveResource): Record<string, string> | undefined => {
  const shown = LABELS.flatMap((name) => (resource.labels?.[name] ? [[name, resource.labels[name]] as const] : []));
  return shown.length > 0 ? Object.fromEntries(shown) : undefined;
};

export const drawResource = (resource: LiveResource, mark: "incident" | "acting" | undefined, before?: DrawnResource, band: Band = BANDS.digits): DrawnResource => {
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
      cpu: steady(cpu === undefined ? undefined : Math.round(cpu), before?.cpu, band.cpu),
      memory: steady(percent(figures.memoryBytes, figures.memoryTotalBytes), before?.memory, band.memory),
      disk: steady(percent(figures.diskBytes, figures.diskTotalBytes), before?.disk, band.memory),
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

/** Votes as the labels of nodes tell, and of a service that votes beside them (`vote`: how many, `quorate`: yes or no); none tell, none are drawn. */
const quorumOf = (resources: readonly LiveResource[]): Drawn["quorum"] => {
  const voters = resources.filter(({ kind, labels }) => (kind === "node" || (kind === "service" && labels?.quorate !== undefined)) && labels?.vote !== undefined);
  if (voters.length === 0) return undefined;
  const count = (nodes: readonly LiveResource[]): number => nodes.reduce((sum, node) => sum + Number(node.labels?.vote ?? 0), 0);
  return { votes: count(voters.filter((node) => node.status === "up")), of: count(voters), quorate: voters.some((node) => node.labels?.quorate === "yes") };
};

/** `before`: what is drawn now; figures that moved too little to be seen stay as they are. */
export const draw = (resources: readonly LiveResource[], marks: ReadonlyMap<string, "incident" | "acting">, before?: Drawn): Drawn => {
  const quorum = quorumOf(resources);
  const band = resources.length <= WITH_DIGITS ? BANDS.digits : BANDS.cells;
  const drawn = resources.map((resource) => [resource.id, drawResource(resource, marks.get(resource.id), before?.resources[resource.id], band)] as const);
  return { resources: Object.fromEntries(drawn), ...(quorum ? { quorum } : {}) };
};
