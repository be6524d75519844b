// Where a Docker host runs, as far as the way to it tells: the core ties it to the guest or node that fits. A forwarded port on loopback tells nothing. Pure.
import type { HostConfig } from "../config.ts";

const LOOPBACK = /^(localhost|127\.|::1$)/;
const OF_SSH = /^(?:[^@]*@)?(?:\[([^\]]+)\]|([^:/]+))/;

const addressOf = (host: HostConfig): string | undefined => {
  if ("ssh" in host) return OF_SSH.exec(host.ssh)?.slice(1).find(Boolean);
  if ("url" in host) return URL.parse(host.url.replace(/^tcp:/, "http:"))?.hostname.replace(/^\[|\]$/g, "");
  return undefined;
};

/** What the configuration says, else `self` for a socket of this machine, else the address or host name; undefined when it may be anywhere. */
export const runsOnOf = (host: HostConfig): string | undefined => {
  if (host.on !== undefined) return host.on;
  if ("socket" in host) return "self";
  const address = addressOf(host)?.toLowerCase();
  return address === undefined || LOOPBACK.test(address) ? undefined : address;
};
