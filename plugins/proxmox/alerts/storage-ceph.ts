// Ceph's own word that it is not well. Flags a person set (noout while a node is serviced) and a scrub that runs are none; recovery after a reboot passes by itself.
import type { Alert } from "jarvis";
import type { Ceph } from "../monitors/ceph-state.ts";
import { alertOf } from "./tell.ts";

const STANDS_S = 600;
/** What a person does on purpose, or what passes. */
const MEANT = /^(?:OSDMAP_FLAGS|POOL_NO_REDUNDANCY|RECENT_CRASH|PG_NOT_SCRUBBED|PG_NOT_DEEP_SCRUBBED)$/;

export const cephAlerts = ({ health, checks = [], at }: Ceph): Alert[] => {
  const real = checks.filter(({ name }) => !MEANT.test(name));
  const broken = health === "HEALTH_ERR";
  if (!broken && (health !== "HEALTH_WARN" || real.length === 0)) return [];
  const words = real.map((check) => check.words).join("; ") || "it gives no reason";
  return [
    alertOf({
      key: "ceph-health",
      resource: "service/proxmox/ceph",
      severity: broken ? "critical" : "warning",
      title: broken ? "Ceph is in error" : "Ceph is not well",
      why: `${words.slice(0, 300)}: ${broken ? "guests whose disks are in Ceph may stand still" : "data is safe yet, with less to fall back on"}`,
      cause: "storage",
      ...(broken ? {} : { afterSeconds: STANDS_S }),
      evidence: real.map((check) => ({ what: `${check.name}: ${check.words}`, source: "GET /cluster/ceph/status", ...(at === undefined ? {} : { at }) })),
    }),
  ];
};
