// The layer table of ARCHITECTURE.md: nothing imports upward, sideways or in a circle.
import { expect, test } from "bun:test";
import { filesUnder, importsOf } from "./source.ts";

/** Lowest first; those in one row do not know each other. */
const LAYERS: readonly (readonly string[])[] = [
  ["contract"],
  ["lib"],
  ["settings", "store"],
  ["state", "tools", "live", "consoles"],
  ["agent", "incidents", "reports", "mcp"],
  ["host"],
  ["http"],
  ["app"],
  ["main"],
  ["cli"],
];

/** Data shapes a peer may read: the bound.ts of a layer below, and these. */
const SETTINGS_SHAPES = new Set(["core/settings.ts", "core/settings/load.ts", "core/settings/schema.ts"]);

const layerOf = (file: string): string => {
  const [, part = ""] = file.split("/");
  return part.replace(/\.ts$/, "");
};
const rank = (layer: string): number => LAYERS.findIndex((row) => row.includes(layer));

test("every folder of core stands in the layer table", () => {
  expect(filesUnder("core").filter((file) => rank(layerOf(file)) < 0)).toEqual([]);
});

test("nothing in core imports upward or sideways", () => {
  const wrong = filesUnder("core").flatMap((file) =>
    importsOf(file)
      .filter((imported) => imported.file?.startsWith("core/"))
      .filter((imported) => {
        const [from, to] = [layerOf(file), layerOf(imported.file ?? "")];
        return from !== to && rank(to) >= rank(from) && !SETTINGS_SHAPES.has(imported.file ?? "");
      })
      .map((imported) => `${file} -> ${imported.file}`),
  );
  expect(wrong).toEqual([]);
});

test("core imports nothing from plugins or ui, and ui nothing from plugins or core but the contract", () => {
  const strays = [...filesUnder("core"), ...filesUnder("ui/src")].flatMap((file) =>
    importsOf(file)
      .filter(({ file: to, name }) => {
        if (to?.startsWith("plugins/")) return true;
        if (file.startsWith("core/")) return to?.startsWith("ui/") ?? false;
        return (to?.startsWith("core/") ?? false) && !to?.startsWith("core/contract/") && !name.startsWith("$contract");
      })
      .map((imported) => `${file} -> ${imported.name}`),
  );
  expect(strays).toEqual([]);
});

test("there are no import cycles", () => {
  const files = [...filesUnder("core"), ...filesUnder("plugins")];
  const graph = new Map(files.map((file) => [file, importsOf(file).flatMap(({ file: to }) => (to ? [to] : []))]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      cycles.push([...path.slice(path.indexOf(file)), file].join(" -> "));
      return;
    }
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  expect(cycles).toEqual([]);
});

test("the contract imports zod, its patch library and itself only", () => {
  const strays = filesUnder("core/contract").flatMap((file) =>
    importsOf(file)
      .filter(({ name, file: to }) => !(to?.startsWith("core/contract/") || name === "zod" || name === "rfc6902"))
      .map(({ name }) => `${file} -> ${name}`),
  );
  expect(strays).toEqual([]);
});
