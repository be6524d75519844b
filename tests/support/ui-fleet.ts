// A made-up house of any size for the page: nodes with their guests and a storage each. Only data.
import type { DrawnResource } from "../../core/contract/drawn.ts";
import { quietHouse, type UiHouse } from "./ui-house.ts";

const GIB = 1024 ** 3;

/** `guests` on `nodes`, evenly; every eleventh guest is off. */
export const fleetHouse = (now: number, { nodes, guests }: { nodes: number; guests: number }): UiHouse => {
  const house = quietHouse(now);
  const resources: Record<string, DrawnResource> = {};
  for (let index = 1; index <= nodes; index += 1) {
    resources[`node/node${index}`] = { kind: "node", name: `node${index}`, status: "up", cpu: 20 + (index % 30), memory: 30 + (index % 40), cpus: 32, memoryTotalBytes: 256 * GIB };
    resources[`storage/node${index}/local`] = { kind: "storage", name: "local", parent: `node/node${index}`, status: "up", disk: 20 + (index % 60), diskTotalBytes: 900 * GIB };
  }
  for (let index = 0; index < guests; index += 1) {
    const vmid = 1000 + index;
    const off = index % 11 === 0;
    resources[`guest/${vmid}`] = {
      kind: "guest",
      name: `web-${vmid}`,
      vmid,
      guestKind: "vm",
      parent: `node/node${1 + (index % nodes)}`,
      status: off ? "down" : "up",
      ...(off ? {} : { cpu: index % 60, memory: index % 90 }),
    };
  }
  return { ...house, drawn: { resources, quorum: { votes: nodes, of: nodes, quorate: true } } };
};
