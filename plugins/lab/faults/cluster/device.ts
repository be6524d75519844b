// The QDevice, a third party's vote: its host is gone, the nodes go on without it. Only a world that has one can lose it.
import type { World } from "../../world/state.ts";
import type { Fault } from "../fault.ts";
import { level } from "../level.ts";
import { clusterTarget } from "../node.ts";

export const qdeviceDown = (world: World): Fault =>
  level({
    name: "qdevice-down",
    targetKind: "cluster",
    what: "the host of the QDevice does not answer: its vote is missing, nothing else is",
    targets: () => (world.qdevice === undefined ? [] : [clusterTarget(world)]),
    apply() {
      if (world.qdevice) world.qdevice.connected = false;
      return () => {
        if (world.qdevice) world.qdevice.connected = true;
      };
    },
  });
