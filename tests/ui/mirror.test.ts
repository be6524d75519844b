// The copy of a channel: snapshot, patches in order, and honesty about gaps.
import { expect, test } from "bun:test";
import { diff } from "../../core/contract/patch.ts";
import { createMirror } from "../../ui/src/lib/live/mirror.ts";

const begun = (snapshot: unknown) => ({ epoch: "e1", offset: 4, recovered: false, snapshot });
const patch = (offset: number, data: unknown, epoch = "e1") => ({ epoch, offset, type: "patch" as const, data });

test("patches applied to the snapshot give what the server has", () => {
  const mirror = createMirror();
  mirror.begin(begun({ a: 1, list: [1, 2] }));
  expect(mirror.take(patch(5, diff({ a: 1, list: [1, 2] }, { a: 2, list: [1, 2, 3] })))).toBe("changed");
  expect(mirror.value).toEqual({ a: 2, list: [1, 2, 3] });
  expect(mirror.position).toEqual({ epoch: "e1", offset: 5 });
});

test("the value before a patch stays as it was, so that what is drawn cannot change underneath", () => {
  const mirror = createMirror();
  mirror.begin(begun({ a: { b: 1 } }));
  const before = mirror.value;
  mirror.take(patch(5, diff({ a: { b: 1 } }, { a: { b: 2 } })));
  expect(before).toEqual({ a: { b: 1 } });
});

test("a missing offset, another epoch and a patch that does not fit are gaps", () => {
  const mirror = createMirror();
  mirror.begin(begun({ a: 1 }));
  expect(mirror.take(patch(6, []))).toBe("gap");
  expect(mirror.take(patch(5, [], "e2"))).toBe("gap");
  expect(mirror.take(patch(5, [{ op: "remove", path: "/nowhere/at/all" }]))).toBe("gap");
  expect(mirror.value).toEqual({ a: 1 });
});

test("an event seen before is passed over", () => {
  const mirror = createMirror();
  mirror.begin(begun({ a: 1 }));
  expect(mirror.take(patch(4, diff({ a: 1 }, { a: 9 })))).toBe("old");
  expect(mirror.value).toEqual({ a: 1 });
});

test("a recovered subscription keeps the value and goes on where it was", () => {
  const mirror = createMirror();
  mirror.begin(begun({ a: 1 }));
  expect(mirror.begin({ epoch: "e1", offset: 4, recovered: true })).toBe(false);
  expect(mirror.take(patch(5, diff({ a: 1 }, { a: 2 })))).toBe("changed");
  expect(mirror.value).toEqual({ a: 2 });
});

test("a snapshot in the middle replaces everything, whatever came before", () => {
  const mirror = createMirror();
  mirror.begin(begun({ a: 1 }));
  expect(mirror.take({ epoch: "e2", offset: 90, type: "snapshot", data: { z: 1 } })).toBe("changed");
  expect(mirror.value).toEqual({ z: 1 });
  expect(mirror.take(patch(91, diff({ z: 1 }, { z: 2 }), "e2"))).toBe("changed");
});
