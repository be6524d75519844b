// Guests that should have come up with their node and were left out, though their storage is there by now. A few are told one by one, many as one alert of their node. A start that was tried and failed is told with its own words. What a person stopped is none (monitors/guest/boot.ts). Pure.
import type { Alert } from "jarvis";
import type { GuestState } from "../monitors/guest/state.ts";
import { alertOf, nodeId } from "./tell.ts";

/** Up to so many on one node are told one by one. */
const FEW = 3;
/** The node's own start of its guests is given this long after the last of it was seen. */
const STANDS_S = 120;
const MOST_NAMED = 10;

const isLeftOut = ({ missedBoot }: GuestState): boolean => missedBoot !== undefined && missedBoot.waits === undefined;

const proof = (guest: GuestState) => {
  const failed = guest.missedBoot?.failed;
  if (failed !== undefined) return { what: `${guest.name} (${guest.vmid}): ${failed.type} by ${failed.user}: ${failed.exit}`, source: failed.upid };
  return {
    what: `${guest.name} (${guest.vmid}) has onboot: 1, is stopped, and no task on record stopped it`,
    source: `GET /nodes/${guest.node}/${guest.guestKind === "vm" ? "qemu" : "lxc"}/${guest.vmid}/config, GET /cluster/tasks`,
  };
};
const boot = (node: string, at: string | undefined) => ({ what: `${node} booted`, source: "GET /cluster/resources", ...(at === undefined ? {} : { at }) });

const ofOne = (guest: GuestState): Alert => {
  const failed = guest.missedBoot?.failed;
  const leads =
    failed === undefined ? "its storage is there now and nobody stopped it: it can be started" : `its start failed: ${failed.exit}; read the log of that task before the next try`;
  return alertOf({
    key: "guest-not-started",
    resource: `guest/${guest.vmid}`,
    severity: "critical",
    title: `${guest.name} did not start when ${guest.node} booted`,
    why: `set to start at boot, and still off ${STANDS_S / 60} min after the node had started its guests; ${leads}`,
    cause: failed === undefined ? "not-started" : "start-failed",
    afterSeconds: STANDS_S,
    explains: "below",
    evidence: [proof(guest), boot(guest.node, guest.missedBoot?.bootedAt)],
  });
};

/** As Proxmox would have started them: by their order, those without one last. */
const inOrder = (guests: readonly GuestState[]): GuestState[] => {
  const place = ({ missedBoot }: GuestState): number => missedBoot?.order ?? Number.MAX_SAFE_INTEGER;
  return [...guests].sort((a, b) => place(a) - place(b) || a.vmid - b.vmid);
};

const ofNode = (node: string, out: readonly GuestState[]): Alert => {
  const guests = inOrder(out);
  const names = guests.slice(0, MOST_NAMED).map(({ name }) => name);
  const more = guests.length > MOST_NAMED ? ` and ${guests.length - MOST_NAMED} more` : "";
  return alertOf({
    key: "guests-not-started",
    resource: nodeId(node),
    severity: "critical",
    title: `${guests.length} guests of ${node} did not start when it booted: ${names.join(", ")}${more}`,
    why: `set to start at boot, and still off ${STANDS_S / 60} min after the node had started its guests; their storage is there now and nobody stopped them. Start them one or two at a time in this order: ${names.join(", ")}${more}`,
    cause: "not-started",
    afterSeconds: STANDS_S,
    evidence: [boot(node, guests[0]?.missedBoot?.bootedAt), ...guests.map(proof)],
  });
};

const wasMany = (node: string, open: readonly Alert[]): boolean => open.some(({ key, resource }) => key === "guests-not-started" && resource === nodeId(node));

export const notStartedAlerts = (guests: readonly GuestState[], open: readonly Alert[]): Alert[] => {
  const byNode = Map.groupBy(guests.filter(isLeftOut), ({ node }) => node);
  // Told of the node once, the last few are told of the node too: it is the same failure.
  return [...byNode].flatMap(([node, out]) => (out.length > FEW || wasMany(node, open) ? [ofNode(node, out)] : out.map(ofOne)));
};
