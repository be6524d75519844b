// Certificates of a node: one that ends soon, one renewed just now, and another one than was pinned.
import { fingerprintOf, makeCertificate } from "../../tls.ts";
import type { World } from "../../world/state.ts";
import type { Fault } from "../fault.ts";
import { all, amount, swap } from "../level.ts";
import { onNode } from "./parts.ts";

const DAY_S = 86_400;

export const certificateExpiring = (world: World): Fault =>
  onNode(world, { name: "certificate-expiring", what: "the node's certificate ends soon, or has ended with negative days (days=6)" }, (node, args) => {
    const certificate = node.machine.certificates.find((one) => one.filename === "pveproxy-ssl.pem") ?? node.machine.certificates.find((one) => one.filename === "pve-ssl.pem");
    if (!certificate) return () => undefined;
    return swap(certificate, { notAfter: Math.floor(world.clock.now() / 1000 + amount(args.days, 6, -3_650, 3_650) * DAY_S) });
  });

/** Look-alike: it was renewed just now and is good for long. */
export const certificateRenewed = (world: World): Fault =>
  onNode(world, { name: "certificate-renewed", what: "the node's certificate was renewed just now" }, (node) => {
    const now = Math.floor(world.clock.now() / 1000);
    world.journals.add(node.name, `pveupdate[${20_000 + node.id}]: <root@pam> renewing certificate pve-ssl.pem`);
    return all(...node.machine.certificates.filter((one) => one.filename !== "pve-root-ca.pem").map((one) => swap(one, { notBefore: now, notAfter: now + 730 * DAY_S })));
  });

/** As after a reinstallation, or with somebody in between: the API shows another certificate than the one that was pinned. */
export const certificateChanged = (world: World): Fault =>
  onNode(world, { name: "certificate-changed", what: "the node's API shows another certificate than before: its fingerprint is not the pinned one" }, (node) => {
    const certificate = makeCertificate(node.name, new Date(world.clock.now()));
    world.journals.add(node.name, `pveproxy[${node.pids.pveproxy}]: using '/etc/pve/local/pveproxy-ssl.pem' as certificate for the web interface.`);
    return swap(node, { certificate, fingerprint: fingerprintOf(certificate.cert) });
  });
