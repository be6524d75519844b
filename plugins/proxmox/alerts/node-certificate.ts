// A node's certificate that ends soon. Proxmox renews its own two weeks ahead and ACME a month ahead, so what is nearer than that was missed; one just renewed has years or months left.
import type { Alert } from "jarvis";
import { alertOf, isOpen, nodeId } from "./tell.ts";

interface Node {
  name: string;
  at: string;
  certificates?: readonly { file: string; endsAt: string; daysLeft: number }[] | undefined;
}

const [RAISE_DAYS, KEEP_DAYS, CRITICAL_DAYS] = [10, 12, 2];
const KEY = "node-certificate";

export const certificateAlerts = ({ name, at, certificates = [] }: Node, open: readonly Alert[]): Alert[] => {
  const resource = nodeId(name);
  const [first] = [...certificates].sort((a, b) => a.daysLeft - b.daysLeft);
  if (!first || first.daysLeft > (isOpen(open, KEY, resource) ? KEEP_DAYS : RAISE_DAYS)) return [];
  const left = first.daysLeft < 0 ? `ended ${-first.daysLeft} days ago` : `ends in ${first.daysLeft} days`;
  const own = first.file === "pve-ssl.pem" || first.file === "pve-root-ca.pem";
  return [
    alertOf({
      key: KEY,
      resource,
      severity: first.daysLeft <= CRITICAL_DAYS ? "critical" : "warning",
      title: `The certificate ${first.file} of ${name} ${left}`,
      why: `at ${RAISE_DAYS} days it should have been renewed by itself and was not: after its end browsers, other nodes and I refuse the API. ${own ? "`pvecm updatecerts` on the node renews it" : "Order it anew under Node > Certificates (ACME)"}; a pinned fingerprint changes with it`,
      cause: "certificate",
      evidence: [{ what: `${first.file}: notafter ${first.endsAt}`, source: `GET /nodes/${name}/certificates/info`, at }],
    }),
  ];
};
