// Looks through a zod schema by way of its JSON Schema: does a dotted path lead anywhere, which input fields lack words. Pure.
import { z } from "zod";

type Node = Readonly<Record<string, unknown>>;

const MOST_DEEP = 12;

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && !Array.isArray(value);

export const jsonSchema = (schema: z.ZodType, io: "input" | "output"): Node => z.toJSONSchema(schema, { io, unrepresentable: "any", cycles: "ref" });

/** The schemas a value here may have: unions opened, references followed. */
const branches = (node: Node, root: Node, depth = 0): Node[] => {
  if (depth > MOST_DEEP) return [];
  const reference = typeof node.$ref === "string" ? follow(node.$ref, root) : undefined;
  const inner = [node.anyOf, node.oneOf, node.allOf].flatMap((list) => (Array.isArray(list) ? list.filter(isNode) : []));
  return [node, ...(reference === undefined ? [] : [reference]), ...inner].flatMap((one) => (one === node ? [node] : branches(one, root, depth + 1)));
};

const follow = (reference: string, root: Node): Node | undefined => {
  const found = reference
    .replace(/^#\/?/, "")
    .split("/")
    .filter((part) => part !== "")
    .reduce<unknown>((inner, part) => (isNode(inner) ? inner[part.replaceAll("~1", "/").replaceAll("~0", "~")] : undefined), root);
  return isNode(found) ? found : undefined;
};

/** No constraint at all (z.unknown()): anything may be below. */
const isOpen = (node: Node): boolean =>
  ["type", "properties", "items", "anyOf", "oneOf", "allOf", "$ref", "enum", "const", "additionalProperties", "prefixItems"].every((word) => !(word in node));

const step = (node: Node, part: string): Node[] => {
  if (isOpen(node)) return [{}];
  const own = isNode(node.properties) ? node.properties[part] : undefined;
  if (isNode(own)) return [own];
  if (node.type === "array" && /^\d+$/.test(part)) return isNode(node.items) ? [node.items] : [{}];
  if (isNode(node.additionalProperties)) return [node.additionalProperties];
  return node.additionalProperties === true ? [{}] : [];
};

/** The schemas found at a dotted path; "" is the root. None: the path leads nowhere. */
export const at = (root: Node, path: string, from: readonly Node[] = [root]): Node[] =>
  (path === "" ? [] : path.split(".")).reduce<Node[]>((nodes, part) => nodes.flatMap((node) => branches(node, root)).flatMap((node) => step(node, part)), [...from]);

/** The keys an object at a dotted path may have; none where it may have any. */
export const keysAt = (root: Node, path: string): string[] => [
  ...new Set(
    at(root, path)
      .flatMap((node) => branches(node, root))
      .flatMap((node) => (isNode(node.properties) ? Object.keys(node.properties) : [])),
  ),
];

/** The rows at a path: the items of an array, or the values of an object of rows. */
export const rowsAt = (root: Node, path: string): Node[] =>
  at(root, path)
    .flatMap((node) => branches(node, root))
    .flatMap((node) => {
      if (isOpen(node)) return [{}];
      if (node.type === "array") return isNode(node.items) ? [node.items] : [{}];
      return isNode(node.additionalProperties) ? [node.additionalProperties] : [];
    });

/** Input fields without a description, by dotted path. */
export const undescribed = (root: Node, node: Node = root, prefix = "", depth = 0): string[] => {
  if (depth > MOST_DEEP) return [];
  return branches(node, root).flatMap((one) => {
    const properties = isNode(one.properties) ? Object.entries(one.properties) : [];
    return properties.flatMap(([name, field]) => {
      if (!isNode(field)) return [];
      const path = prefix === "" ? name : `${prefix}.${name}`;
      const said = branches(field, root).some((branch) => typeof branch.description === "string" && branch.description !== "");
      return [...(said ? [] : [path]), ...undescribed(root, field, path, depth + 1)];
    });
  });
};
