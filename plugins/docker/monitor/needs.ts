// Which containers of the same engine one cannot run without: those compose was told of (depends_on), and the one whose network it lives in. Pure. A name that several containers or none answer to is no link.
import type { Summary } from "../engine/shapes.ts";

const LABEL = "com.docker.compose";
const MOST = 20;

const labelOf = ({ Labels }: Summary, name: string): string | undefined => Labels?.[`${LABEL}.${name}`];

/** `db:service_healthy:true,cache:service_started:false`: service, condition, and whether compose restarts it with that one. */
const servicesOf = (label: string): string[] =>
  label
    .split(",")
    // What only has to have ended well once (a migration) is needed no more by what runs.
    .filter((part) => !part.includes(":service_completed_successfully"))
    .map((part) => part.split(":")[0]?.trim() ?? "")
    .filter((service) => service !== "")
    .slice(0, MOST);

/** One that compose ran once (`run`) serves nobody. Of a service scaled to several it is enough that one runs. */
const ofService = (project: string, service: string, all: readonly Summary[]): Summary | undefined => {
  const found = all.filter((one) => labelOf(one, "project") === project && labelOf(one, "service") === service && labelOf(one, "oneoff")?.toLowerCase() !== "true");
  return found.length === 1 ? found[0] : undefined;
};

/** `container:ID`, or a name as it was given to `docker run`. */
const ofNetwork = (mode: string, all: readonly Summary[]): Summary | undefined => {
  const wanted = mode.startsWith("container:") ? mode.slice("container:".length) : "";
  if (wanted === "") return undefined;
  const found = all.filter(({ Id, Names }) => Id === wanted || (wanted.length >= 12 && Id.startsWith(wanted)) || Names?.includes(`/${wanted}`));
  return found.length === 1 ? found[0] : undefined;
};

/** Ids of containers, never its own. */
export const needsOf = (one: Summary, all: readonly Summary[]): string[] => {
  const project = labelOf(one, "project");
  const services = project === undefined ? [] : servicesOf(labelOf(one, "depends_on") ?? "").map((service) => ofService(project, service, all));
  const found = [...services, ofNetwork(one.HostConfig?.NetworkMode ?? "", all)].flatMap((other) => (other === undefined || other.Id === one.Id ? [] : [other.Id]));
  return [...new Set(found)].slice(0, MOST);
};
