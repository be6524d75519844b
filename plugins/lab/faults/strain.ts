// Puts weight on guests and machines in layers and takes exactly that layer off again, so that several faults may lie on one target.
import type { Guest, GuestStrain, Node, World } from "../world/state.ts";
import type { Undo } from "./level.ts";

type NodeStrain = NonNullable<Node["machine"]["strain"]>;

interface Layer {
  since: number;
  pressure?: object;
}

function createStack<L extends Layer>(): (owner: { strain?: L }, layer: L) => Undo {
  const layers = new WeakMap<object, L[]>();
  const merge = (below: L, above: L): L =>
    Object.assign({}, below, above, { since: below.since }, below.pressure && above.pressure ? { pressure: { ...below.pressure, ...above.pressure } } : {});
  return (owner, layer) => {
    const mine = layers.get(owner) ?? [];
    layers.set(owner, mine);
    const weigh = (): void => {
      const [first, ...rest] = mine;
      if (first) owner.strain = rest.reduce(merge, first);
      else delete owner.strain;
    };
    mine.push(layer);
    weigh();
    return () => {
      const at = mine.indexOf(layer);
      if (at >= 0) mine.splice(at, 1);
      weigh();
    };
  };
}

const onGuest = createStack<GuestStrain>();
const onNode = createStack<NodeStrain>();

export const strainGuest = (world: World, guest: Guest, weight: Omit<GuestStrain, "since">): Undo => onGuest(guest, { ...weight, since: world.clock.now() });
export const strainNode = (world: World, node: Node, weight: Omit<NodeStrain, "since">): Undo => onNode(node.machine, { ...weight, since: world.clock.now() });
