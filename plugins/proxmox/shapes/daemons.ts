// GET /nodes/N/services and /nodes/N/time: which daemons should run and do not, and what the node's clock says.
import { z } from "jarvis";
import { looseNumber, looseRows, looseText } from "./loose.ts";

export const Services = looseRows(z.object({ service: looseText, name: looseText, state: looseText, "active-state": looseText, "unit-state": looseText }));
export const NodeTime = z.object({ time: looseNumber });

/** What a node needs, and what stops without it. One of several time services is enough. */
export const LOSES: Readonly<Record<string, string>> = {
  pvestatd: "the node's numbers and its guests' stand still and turn unknown after five minutes; backups and storages are not looked after",
  corosync: "the node is no member of the cluster",
  pvescheduler: "no scheduled backup and no replication runs on it",
  "pve-ha-crm": "HA on it cannot take the lead",
  "pve-ha-lrm": "HA cannot start, stop or move services on it, and fences it in the end",
  "pve-firewall": "changes of the firewall's rules are not applied",
  qmeventd: "shutdowns of VMs are not noticed and cleaned up after",
  lxcfs: "containers see wrong figures and may not start",
  chrony: "nothing keeps its clock",
  sshd: "migrations and a rescue by SSH are not possible",
};

export interface Down {
  name: string;
  state: string;
}

/** Its unit is enabled everywhere, and starts only where there is a corosync.conf: a node in no cluster never runs it. */
export const CLUSTER_ONLY = "corosync";

/** Enabled and neither running nor just starting. `alone`: the node is in no cluster. */
export const downOf = (rows: z.output<typeof Services>, { alone }: { alone: boolean }): Down[] =>
  rows.flatMap((row): Down[] => {
    const name = row.service ?? row.name;
    if (name === undefined || LOSES[name] === undefined || (alone && name === CLUSTER_ONLY)) return [];
    const active = row["active-state"];
    if (row["unit-state"] !== "enabled" || row.state === "running" || active === "active" || active === "activating" || active === "reloading") return [];
    return row.state === undefined ? [] : [{ name, state: active === "failed" ? "failed" : row.state }];
  });
