// How a done act is taken back, as its tool tells it: a tool of the same plugin that is there and takes that input; and which acts cannot be undone.
import { expect, test } from "bun:test";
import { z } from "zod";
import type { Sent } from "../../core/contract/tool.ts";
import docker from "../../plugins/docker/plugin.ts";
import proxmox from "../../plugins/proxmox/plugin.ts";

interface Undoable {
  effect: string;
  input: { safeParse(input: unknown): { success: boolean; error?: unknown } };
  undo?: (input: unknown, sent: Sent) => { tool: string; input: unknown; words?: string | undefined } | undefined;
}

const Plugin = z.object({ tools: z.record(z.string(), z.custom<Undoable>()) });
const TOOLS = { docker: Plugin.parse(docker).tools, proxmox: Plugin.parse(proxmox).tools };

const SENT: Sent = { preflight: { target: "guest/101", facts: { node: "barn", sort: "qemu", name: "orchid", target: "shed", snapshot: "before-update", copies: "true" } } };
const INPUT = { name: "orchid", container: "nginx" };

const undone = (tools: Record<string, Undoable>) =>
  Object.entries(tools).flatMap(([key, { effect, undo }]) => {
    if (effect === "read") return [];
    const back = undo?.(INPUT, SENT);
    return [[key, back] as const];
  });

for (const [id, tools] of Object.entries(TOOLS))
  test(`${id}: what is undone is undone by a tool that is there`, () => {
    for (const [key, back] of undone(tools)) {
      if (!back) continue;
      const parsed = tools[back.tool]?.input.safeParse(back.input);
      expect([key, back.tool, parsed?.success, parsed?.error]).toEqual([key, back.tool, true, undefined]);
    }
  });

test("a guest goes back to where and how it was", () => {
  const all = Object.fromEntries(undone(TOOLS.proxmox).map(([key, back]) => [key, back && `${back.tool} ${JSON.stringify(back.input)}`]));
  expect(all).toMatchObject({
    guest_start: 'guest_shutdown {"vmid":101}',
    guest_shutdown: 'guest_start {"vmid":101}',
    guest_stop: 'guest_start {"vmid":101}',
    guest_suspend: 'guest_resume {"vmid":101}',
    guest_snapshot_create: 'guest_snapshot_delete {"vmid":101,"snapshot":"before-update"}',
    guest_migrate: 'guest_migrate {"vmid":101,"target":"barn","withLocalDisks":true}',
  });
  for (const key of ["guest_reboot", "guest_reset", "guest_disk_resize", "guest_snapshot_delete", "guest_snapshot_rollback", "node_reboot"])
    expect([key, all[key]]).toEqual([key, undefined]);
});

test("without the record of what was acted on nothing is made up", () => {
  expect(TOOLS.proxmox.guest_start?.undo?.({ name: "orchid" }, {})).toBeUndefined();
});
