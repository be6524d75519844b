// How often disks are asked, how long an answer is waited for, and what is said of a node whose disks could not be read.
import { describe, expect, test } from "bun:test";
import { disks } from "../../../plugins/proxmox/monitors/disks.ts";
import { Entries } from "../../../plugins/proxmox/shapes/resources.ts";
import { fakeApi } from "./fake-api.ts";

const MINUTE_MS = 60_000;
const NAMES = ["a", "b", "c", "d"];
const listed = { body: { data: [{ devpath: "/dev/sda", health: "PASSED", size: 1 }] } };

const house = (names: readonly string[], replyOf: (node: string, path: string) => Parameters<typeof fakeApi>[0] extends (...args: never[]) => infer R ? R : never) => {
  const api = fakeApi(({ path }) => {
    const node = /^\/nodes\/(\w+)\//.exec(path)?.[1];
    return node === undefined ? { body: { data: [] } } : replyOf(node, path);
  });
  const ctx = Object.assign(api.ctx, { client: api.client });
  const entries = Entries.parse(names.map((node) => ({ type: "node", node, status: "online", id: `node/${node}` })));
  const read = () => {
    api.client.memory.answered({ at: ctx.now(), entries });
    return disks.read(ctx);
  };
  const asked = () => api.asked.filter(({ path }) => path.includes("/disks/list")).map(({ path }) => path.split("/")[2]);
  return { ...api, read, asked };
};

describe("a node's disks", () => {
  test("are asked at most four times a day, those of a house with one node too", async () => {
    for (const names of [NAMES, ["a"]]) {
      const { read, asked, forward } = house(names, () => listed);
      for (let round = 0; round < 48; round += 1) {
        await read();
        forward(30 * MINUTE_MS);
      }
      for (const name of names) expect(asked().filter((node) => node === name)).toHaveLength(4);
    }
  });

  test("are asked at once when a person wants to know", async () => {
    const { read, asked, forward } = house(["a"], () => listed);
    await read();
    forward(MINUTE_MS);
    await read();
    expect(asked()).toHaveLength(2);
  });

  test("that did not answer are said to be unread, with what was known, and keep no other node waiting", async () => {
    let silent = false;
    const { read, asked, forward, client } = house(["a", "b"], (node) => (node === "a" && silent ? { fails: "upstream_timeout" } : listed));
    await read();
    forward(30 * MINUTE_MS);
    await read();
    silent = true;
    forward(6 * 60 * MINUTE_MS);
    const now = await read();
    expect(now.nodes.a).toMatchObject({ disks: [{ devpath: "/dev/sda" }], unknown: expect.stringContaining("not read") });
    forward(30 * MINUTE_MS);
    await read();
    expect(asked().slice(-2).toSorted()).toEqual(["a", "b"]);
    // Disks that do not spin up say nothing against the node that was asked.
    expect(client.health()[0]?.standing).toBe("well");
  });
});
