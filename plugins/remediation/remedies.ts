// The remedies: ordinary tool calls bound to an alert and a kind of cause. Whether one may run is decided elsewhere, by policy and the cause's verdict:
// an unclear cause (unknown, host-down, dependency) without a grace is left alone, and acted on only once a later diagnosis proves a fault.
import type { Remedy } from "jarvis";

const TRIES = { perHour: 3, gapsMinutes: [0, 5, 15] } as const;

const vmidOf = (resource: string): number => Number(/^guest\/(\d+)$/.exec(resource)?.[1] ?? Number.NaN);
const containerOf = (resource: string): { container: string } => ({ container: resource });

export const remedies: Record<string, Remedy> = {
  "guest-crashed": {
    title: "Start the guest again",
    on: ["guest-stopped"],
    kinds: ["crash", "start-failed", "oom", "unknown", "host-down"],
    steps: [{ tool: "proxmox_guest_start", input: ({ alert }) => ({ vmid: vmidOf(alert.resource) }) }],
    tries: TRIES,
  },
  "guest-left-out": {
    title: "Start the guest its node left out",
    on: ["guest-not-started"],
    kinds: ["not-started"],
    steps: [{ tool: "proxmox_guest_start", input: ({ alert }) => ({ vmid: vmidOf(alert.resource) }) }],
    tries: TRIES,
  },
  "container-died": {
    title: "Start the container again",
    on: ["container-died"],
    kinds: ["crash", "oom", "unknown"],
    steps: [{ tool: "docker_container_start", input: ({ alert }) => containerOf(alert.resource) }],
    tries: TRIES,
  },
  "container-unhealthy": {
    title: "Restart the container",
    on: ["container-unhealthy"],
    kinds: ["unhealthy", "unknown", "dependency"],
    steps: [{ tool: "docker_container_restart", input: ({ alert }) => containerOf(alert.resource) }],
    tries: TRIES,
  },
};
