// What one container needs of the others: compose's own label, the network it lives in, and nothing that is not certain. And that its alert speaks for who needs it.
import { describe, expect, test } from "bun:test";
import { Summary } from "../../../plugins/docker/engine/shapes.ts";
import { needsOf } from "../../../plugins/docker/monitor/needs.ts";

const id = (letter: string): string => letter.repeat(64);
const box = (letter: string, service: string, more: { depends?: string; mode?: string; project?: string; oneoff?: string } = {}): Summary =>
  Summary.parse({
    Id: id(letter),
    Names: [`/${more.project ?? "shop"}-${service}-1`],
    State: "running",
    Labels: {
      "com.docker.compose.project": more.project ?? "shop",
      "com.docker.compose.service": service,
      "com.docker.compose.oneoff": more.oneoff ?? "False",
      ...(more.depends === undefined ? {} : { "com.docker.compose.depends_on": more.depends }),
    },
    ...(more.mode === undefined ? {} : { HostConfig: { NetworkMode: more.mode } }),
  });
const db = box("a", "db");
const cache = box("b", "cache");

describe("a container needs", () => {
  test("what compose was told of, in its own project alone", () => {
    const web = box("c", "web", { depends: "db:service_healthy:true,cache:service_started:false" });
    expect(needsOf(web, [db, cache, web, box("d", "db", { project: "other" })])).toEqual([id("a"), id("b")]);
  });

  test("the one whose network it lives in, by id or by name", () => {
    const own = box("c", "torrent", { mode: `container:${id("a")}` });
    expect(needsOf(own, [db, own])).toEqual([id("a")]);
    expect(needsOf(box("c", "torrent", { mode: "container:shop-db-1" }), [db, cache])).toEqual([id("a")]);
  });

  test.each([
    ["a service that only has to end well", { depends: "db:service_completed_successfully:false" }],
    ["a service nobody has", { depends: "mail:service_started:false" }],
    ["itself", { depends: "web:service_started:false" }],
    ["a container that is gone", { mode: `container:${id("f")}` }],
    ["a network of its own", { mode: "bridge" }],
    ["an empty label", { depends: "" }],
  ])("no link from %s", (_, more) => {
    const web = box("c", "web", more);
    expect(needsOf(web, [db, cache, web])).toEqual([]);
  });

  test("none of several that serve the same, since one is enough; what was run once serves nobody", () => {
    const web = box("c", "web", { depends: "db:service_started:false" });
    expect(needsOf(web, [db, box("d", "db"), web])).toEqual([]);
    expect(needsOf(web, [db, box("d", "db", { oneoff: "True" }), web])).toEqual([id("a")]);
  });
});
