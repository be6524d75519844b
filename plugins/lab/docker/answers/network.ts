// The network part of list and inspect: where a container is on each of its networks. Addresses are empty while the container is down, as the engine has it.
import type { Attached, Box } from "../box.ts";

export const gatewayOf = (address: string): string => `${address.split(".").slice(0, 3).join(".")}.1`;

/** What `--network` said: the first of its networks. */
export const modeOf = (box: Box): string => box.networks[0]?.name ?? "none";

export const endpointOf = (box: Box): string => box.id.split("").reverse().join("");
export const macOf = (box: Box): string => `02:42:${box.id.slice(0, 8).match(/../g)?.join(":") ?? ""}`;

const placeOf = (box: Box, { id, address }: Attached): Record<string, unknown> => {
  const up = box.status === "running" && address !== "";
  return {
    IPAMConfig: null,
    Links: null,
    Aliases: null,
    NetworkID: id,
    EndpointID: box.status === "running" ? endpointOf(box) : "",
    Gateway: up ? gatewayOf(address) : "",
    IPAddress: up ? address : "",
    IPPrefixLen: up ? 16 : 0,
    IPv6Gateway: "",
    GlobalIPv6Address: "",
    GlobalIPv6PrefixLen: 0,
    MacAddress: up ? macOf(box) : "",
    DriverOpts: null,
  };
};

export const networkOf = (box: Box): Record<string, unknown> => Object.fromEntries(box.networks.map((one) => [one.name, placeOf(box, one)]));
