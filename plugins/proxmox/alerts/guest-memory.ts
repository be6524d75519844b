// A container that loses processes to its own memory limit. One that only uses much of its memory is doing what it was given it for. Pure.
import type { Alert } from "jarvis";
import type { GuestState } from "../monitors/guest/state.ts";
import { alertOf, gib } from "./tell.ts";

export const memoryAlert = (guest: GuestState): Alert | undefined => {
  const { kills, memoryBytes, memoryTotalBytes } = guest;
  if (kills === undefined) return undefined;
  const used =
    memoryBytes === undefined || memoryTotalBytes === undefined ? [] : [{ what: `${gib(memoryBytes)} of ${gib(memoryTotalBytes)} used`, source: "GET /cluster/resources" }];
  return alertOf({
    key: "guest-memory-limit",
    resource: `guest/${guest.vmid}`,
    severity: "critical",
    title: `${guest.name} runs out of its own memory`,
    why: `the kernel killed ${kills.process} in it ${kills.count === 1 ? "once" : `${kills.count} times`} within 10 min because the container reached its limit: restart that service, or give the container more memory`,
    cause: "oom",
    evidence: [{ what: kills.line, source: kills.source, at: kills.at }, ...used],
  });
};
