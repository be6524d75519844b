// Who is read next: the never read before all others, whatever their names.
import { expect, test } from "bun:test";
import { inTurn } from "../../../plugins/proxmox/monitors/turns.ts";

test("the never read come first, then those read longest ago; a date that cannot be read is none", () => {
  const at: Record<string, string> = { a: "2026-06-01T12:00:00Z", b: "2026-06-01T11:00:00Z" };
  const readAt = (name: string): number | undefined => Date.parse(at[name] ?? "");
  expect(inTurn(["a", "b", "c", "d"], readAt, 3)).toEqual(["c", "d", "b"]);
  expect(inTurn(["a", "b"], () => undefined, 2)).toEqual(["a", "b"]);
  expect(inTurn(["a", "b", "c"], readAt, 1, new Set(["a"]))).toEqual(["a"]);
});
