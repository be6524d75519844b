// api-hang and api-garbage: one node's API, or that of all of them, stops answering or answers nonsense. The guests behind it go on.
import { FORMS, isForm } from "../front/garbage.ts";
import type { Node, World } from "../world/state.ts";
import type { Fault } from "./fault.ts";

const ALL = "node/all";

function nodesAt(world: World, target: string | undefined): Node[] {
  const nodes = [...world.nodes.values()];
  if (target === undefined || target === ALL) return nodes;
  return nodes.filter((node) => `node/${node.name.toLowerCase()}` === target);
}

function onNodes(world: World, name: string, what: string, spoil: (node: Node, args: Readonly<Record<string, string>>) => Node["api"], kind: Node["api"]["kind"]): Fault {
  return {
    name,
    targetKind: "node",
    what,
    targets: () => [ALL, ...[...world.nodes.keys()].map((node) => `node/${node.toLowerCase()}`)],
    break(target, args) {
      for (const node of nodesAt(world, target)) node.api = spoil(node, args);
    },
    heal(target) {
      for (const node of nodesAt(world, target)) if (node.api.kind === kind) node.api = { kind: "well" };
    },
  };
}

export const apiHang = (world: World): Fault =>
  onNodes(world, "api-hang", "the node's API takes calls and never answers; all nodes when none is named", () => ({ kind: "hang" }), "hang");

export const apiGarbage = (world: World): Fault =>
  onNodes(
    world,
    "api-garbage",
    `the node's API answers HTML, nulls, half a list, cut-off JSON or nothing (form=${FORMS.join("|")}); all nodes when none is named`,
    (_, args) => ({ kind: "garbage", form: args.form !== undefined && isForm(args.form) ? args.form : "any" }),
    "garbage",
  );
