// The one error table: documented row by row, thrown somewhere, and silent about our own bugs.
import { expect, test } from "bun:test";
import { ERRORS, errorBody, JarvisError } from "../../../core/contract/error.ts";
import { codeOf, filesUnder, textOf } from "../../architecture/source.ts";

const documented = new Map(
  [...textOf("docs/errors.md").matchAll(/^\| `([a-z_]+)` \| (-?\d+) \| (\d+) \| (\w+) \|/gm)].map((row) => [
    row[1],
    { code: Number(row[2]), status: Number(row[3]), fault: row[4] },
  ]),
);

test("the table and its document agree, in both directions", () => {
  const table = Object.fromEntries(Object.entries(ERRORS).map(([type, { code, status, fault }]) => [type, { code, status, fault }]));
  expect(Object.fromEntries(documented)).toEqual(table);
});

test("every type is thrown somewhere", () => {
  const code = [...filesUnder("core"), ...filesUnder("plugins")]
    .filter((file) => file !== "core/contract/error.ts")
    .map(codeOf)
    .join("\n");
  expect(Object.keys(ERRORS).filter((type) => !code.includes(`"${type}"`))).toEqual([]);
});

test("what is no JarvisError is our bug, and its words stay inside", () => {
  expect(errorBody(new Error("secret path"))).toEqual({ code: -32603, message: ERRORS.bug.sentence, data: { type: "bug", fault: "bug", retryable: false } });
});

test("issues carry their paths to whoever asked", () => {
  expect(errorBody(new JarvisError("bad_input", { issues: [{ path: "vmid", message: "expected a number" }] })).data).toMatchObject({
    type: "bad_input",
    issues: [{ path: "vmid" }],
  });
});
