// The network part of list and inspect: one bridge network a compose project. Addresses are empty while the container is down, as the engine has it.
import type { Box } from "../box.ts";

const gatewayOf = (address: string): string => `${address.split(".").slice(0, 3).join(".")}.1`;

export function networkOf(box: Box): Record<string, unknown> {
  const up = box.status === "running";
  return {
    [`${box.made.project}_default`]: {
      IPAMConfig: null,
      Links: null,
      Aliases: null,
      NetworkID: box.networkId,
      EndpointID: up ? box.id.split("").reverse().join("") : "",
      Gateway: up ? gatewayOf(box.address) : "",
      IPAddress: up ? box.address : "",
      IPPrefixLen: up ? 16 : 0,
      IPv6Gateway: "",
      GlobalIPv6Address: "",
      GlobalIPv6PrefixLen: 0,
      MacAddress: up ? `02:42:${box.id.slice(0, 8).match(/../g)?.join(":") ?? ""}` : "",
      DriverOpts: null,
    },
  };
}
