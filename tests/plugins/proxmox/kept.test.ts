// What monitors keep across restarts: one document, and none writes over another's part.
import { expect, test } from "bun:test";
import { z } from "zod";
import type { Client } from "../../../plugins/proxmox/client/client.ts";
import { createMemory } from "../../../plugins/proxmox/client/memory.ts";
import { keepPart, keptPart } from "../../../plugins/proxmox/monitors/kept.ts";

const house = (fails = false) => {
  let document: unknown;
  const told: string[] = [];
  const client: Pick<Client, "memory"> = { memory: createMemory() };
  return {
    told,
    ctx: {
      client,
      kept: async () => document,
      keep: async (value: unknown) => {
        if (fails && told.length === 0) throw new Error("no room");
        document = value;
      },
      log: (text: string) => void told.push(text),
    },
  };
};

test("two parts kept at the same moment are both there afterwards", async () => {
  const { ctx } = house();
  await Promise.all([keepPart(ctx, "growth", 1), keepPart(ctx, "backupFailures", 2)]);
  expect(await keptPart(ctx, "growth", z.number())).toBe(1);
  expect(await keptPart(ctx, "backupFailures", z.number())).toBe(2);
});

test("a part that could not be kept keeps no other waiting", async () => {
  const { ctx, told } = house(true);
  await Promise.all([keepPart(ctx, "growth", 1), keepPart(ctx, "backupFailures", 2)]);
  expect(told).toHaveLength(1);
  expect(await keptPart(ctx, "backupFailures", z.number())).toBe(2);
});
