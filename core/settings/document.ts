// The text of jarvis.yaml as a YAML document: what it holds, and where each part of it stands. Refuses what is no YAML, each fault with its place.
import { type Document, isAlias, isMap, isNode, isPair, isScalar, LineCounter, parseDocument, visit } from "yaml";
import { JarvisError } from "../contract/error.ts";
import { yamlWords } from "../lib/yaml-words.ts";

export interface Fault {
  readonly message: string;
  readonly place: string;
}

/** Aliases without an anchor are no syntax faults, but nothing can be made of them. */
const lostAliases = (document: Document): { message: string; offset: number }[] => {
  const found: { message: string; offset: number }[] = [];
  visit(document, {
    Alias: (_, alias) => {
      if (isAlias(alias) && alias.resolve(document) === undefined) found.push({ message: `there is no anchor &${alias.source} before this alias`, offset: alias.range?.[0] ?? 0 });
    },
  });
  return found;
};

export const readDocument = (text: string, path: string) => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${line}:${col}`;
  };

  /** Where a dotted path stands: `jarvis.yaml:4:7`. */
  const place = (keys: readonly PropertyKey[]): string => {
    for (let depth = keys.length; depth > 0; depth -= 1) {
      const parent = depth === 1 ? document.contents : document.getIn(keys.slice(0, depth - 1), true);
      const last = keys[depth - 1];
      if (isMap(parent)) {
        const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(last));
        if (pair && isScalar(pair.key) && pair.key.range) return at(pair.key.range[0]);
      }
      const node = document.getIn(keys.slice(0, depth), true);
      if (isNode(node) && node.range) return at(node.range[0]);
    }
    return at(0);
  };

  const syntax = document.errors.map((error) => ({ message: yamlWords(error), offset: error.pos[0] }));
  const faults: readonly Fault[] = [...syntax, ...(syntax.length > 0 ? [] : lostAliases(document))].map(({ message, offset }) => ({ message, place: at(offset) }));

  const value = (): unknown => {
    try {
      return document.toJS() ?? {};
    } catch (cause) {
      // Every alias has its anchor: what is left is the bound against aliases of aliases.
      throw new JarvisError("configuration", { message: `${path}: its aliases stand for too much; write the values out`, cause });
    }
  };

  return { faults, value, place };
};
