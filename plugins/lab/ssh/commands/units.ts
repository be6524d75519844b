// systemctl: the state of units, and starting or restarting those of an allow-list. It refuses to touch what would fence the node or cut the cluster.
import type { Machine as Parts } from "../../world/machine/shape.ts";
import { type Command, complained, type Machine, type Output, said } from "../output.ts";

type Service = Parts["services"] extends Map<string, infer One> ? One : never;

const RESTARTABLE = new Set(["pveproxy", "pvedaemon", "pvestatd", "pvescheduler", "spiceproxy", "chrony", "postfix", "cron", "ksmtuned", "sshd", "ssh", "qmeventd"]);
/** Whichever of them is restarted, stuck workers go with it. */
const API_DAEMONS = new Set(["pvedaemon", "pveproxy"]);
const RESTART_MS = 700;
const NOT_LOADED = 4;
const INACTIVE = 3;

const plain = (word: string): string => word.replace(/\.service$/, "");
const stampOf = (ms: number): string => `${new Date(ms).toUTCString().slice(0, 3)} ${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;

function status({ world, node }: Machine, service: Service): Output {
  const active = service.active === "active";
  const mark = service.active === "failed" ? "×" : active ? "●" : "○";
  const own = world.journals
    .read(node.name)
    .filter((line) => line.text.startsWith(service.name))
    .slice(-5);
  return said(
    [
      `${mark} ${service.name}.service - ${service.desc}`,
      `     Loaded: loaded (/lib/systemd/system/${service.name}.service; ${service.unit}; preset: enabled)`,
      `     Active: ${service.active} (${service.active === "failed" ? "Result: timeout" : service.state}) since ${stampOf(service.since)}`,
      ...(own.length > 0 ? ["", ...own.map((line) => line.text)] : []),
    ],
    active ? 0 : INACTIVE,
  );
}

async function restart({ world, node }: Machine, service: Service, verb: string): Promise<Output> {
  const { name } = service;
  if (!RESTARTABLE.has(name)) return complained(`Refusing to ${verb} ${name}.service: this lab's shell restarts ${[...RESTARTABLE].slice(0, 6).join(", ")} and the like only`);
  const hung = name === "pvestatd" && world.storages.some((storage) => storage.hangsOn.has(node.name));
  world.journals.add(node.name, `systemd[1]: ${verb === "start" ? "Starting" : "Stopping"} ${name}.service - ${service.desc}...`);
  await world.clock.sleep(RESTART_MS);
  world.effects.add({ user: "root@pam", method: "SSH", path: `systemctl ${verb} ${name}`, target: `node/${node.name.toLowerCase()}`, exit: hung ? "failed" : "OK" });
  if (hung) return complained(`Job for ${name}.service failed because a timeout was exceeded.`);
  Object.assign(service, { state: "running", active: "active", since: world.clock.now() });
  if (API_DAEMONS.has(name) && node.api.kind !== "garbage") node.api = { kind: "well" };
  if (name === "chrony") node.machine.driftMs = 0;
  world.journals.add(node.name, `systemd[1]: Started ${name}.service - ${service.desc}.`);
  return { out: "", code: 0 };
}

const systemctl: Command = async (at, words) => {
  const { services } = at.node.machine;
  const [verb = "list-units", unit = ""] = words.filter((word) => !word.startsWith("-"));
  if (words.includes("--failed")) {
    const failed = [...services.values()].filter((service) => service.active === "failed");
    return said([...failed.map((service) => `● ${service.name}.service loaded failed failed ${service.desc}`), "", `${failed.length} loaded units listed.`]);
  }
  if (verb === "list-units")
    return said(
      [...services.values()]
        .filter((service) => service.unit !== "not-found")
        .map((service) => `  ${`${service.name}.service`.padEnd(32)} loaded ${service.active} ${service.state} ${service.desc}`),
    );
  const service = services.get(plain(unit));
  if (!service || service.unit === "not-found") return complained(`Unit ${plain(unit)}.service could not be found.`, NOT_LOADED);
  if (verb === "status") return status(at, service);
  if (verb === "is-active") return said(service.active, service.active === "active" ? 0 : INACTIVE);
  if (verb === "is-failed") return said(service.active, service.active === "failed" ? 0 : 1);
  if (verb === "is-enabled") return said(service.unit, service.unit === "enabled" ? 0 : 1);
  if (verb === "restart" || verb === "start" || verb === "reload" || verb === "reload-or-restart") return restart(at, service, verb);
  return complained(`Unknown command verb '${verb}'.`);
};

export const units: Record<string, Command> = { systemctl };
