// GET /networks and /networks/ID: the networks there are and who is on them. It refuses nothing.
import type { Box } from "../box.ts";
import type { Network } from "../stock.ts";
import { rfc3339 } from "../time.ts";
import { endpointOf, macOf } from "./network.ts";

const onIt = (network: Network, boxes: readonly Box[]): Record<string, unknown> =>
  Object.fromEntries(
    boxes
      .filter((box) => box.status === "running")
      .flatMap((box) => box.networks.filter(({ id }) => id === network.id).map((place) => ({ box, place })))
      .map(({ box, place }) => [
        box.id,
        {
          Name: box.made.name,
          EndpointID: endpointOf(box),
          MacAddress: place.address === "" ? "" : macOf(box),
          IPv4Address: place.address === "" ? "" : `${place.address}/16`,
          IPv6Address: "",
        },
      ]),
  );

/** The list leaves the containers out. */
export const aboutNetwork = (network: Network, boxes: readonly Box[] = []): Record<string, unknown> => ({
  Name: network.name,
  Id: network.id,
  Created: rfc3339(network.createdMs),
  Scope: "local",
  Driver: network.driver,
  EnableIPv6: false,
  IPAM: { Driver: "default", Options: null, Config: network.subnet === "" ? null : [{ Subnet: `${network.subnet}.0/16`, Gateway: `${network.subnet}.1` }] },
  Internal: network.internal,
  Attachable: false,
  Ingress: false,
  ConfigFrom: { Network: "" },
  ConfigOnly: false,
  Containers: onIt(network, boxes),
  Options: {},
  Labels: network.labels,
});
