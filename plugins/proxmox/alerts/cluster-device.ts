// A QDevice that does not answer: its vote is missing, which nobody notices until a node goes too. Told with what is to spare without it.
import type { Alert } from "jarvis";
import { thinWords, told, type Votes } from "./cluster-quorum.ts";
import { alertOf } from "./tell.ts";

export const DEVICE = "service/proxmox/qdevice";

/** It reconnects by itself within seconds when its host has rebooted; it is read every ten minutes. */
const STANDS_S = 15;

export interface DeviceNow extends Votes {
  readonly device?: { host?: string | undefined; state: string; answers: boolean } | undefined;
}

export const deviceAlerts = (now: DeviceNow): Alert[] => {
  const { device, quorum } = now;
  // Without quorum that is told, and the QDevice is one of those to bring back.
  if (device === undefined || device.answers || !quorum.quorate) return [];
  const thin = thinWords(now);
  return [
    alertOf({
      key: "qdevice-silent",
      resource: DEVICE,
      severity: "warning",
      title: "The QDevice does not vote",
      why: `its state is "${device.state}", so its vote is missing: ${told(now)}. ${thin ?? "Any one node may still go"}. Look at corosync-qnetd on ${device.host ?? "its host"} and corosync-qdevice on the nodes (pvecm status); one you removed is forgotten within a day`,
      cause: "quorum",
      afterSeconds: STANDS_S,
      evidence: [{ what: `State: ${device.state}${device.host === undefined ? "" : `, QNetd host: ${device.host}`}`, source: "GET /cluster/config/qdevice" }],
    }),
  ];
};
