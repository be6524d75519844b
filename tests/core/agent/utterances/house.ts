// The house the utterances are said in: things of all kinds, two of one name, and the tools that the bundled plugins really register, with one more that no plugin has.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { View } from "../../../../core/agent/reflex/answers.ts";
import { Persona } from "../../../../core/contract/persona.ts";
import type { LiveResource } from "../../../../core/contract/resource.ts";
import { Effect } from "../../../../core/contract/tool.ts";
import type { BoundTool } from "../../../../core/tools/bound.ts";

const root = join(import.meta.dir, "../../../..");
const at = "2026-11-22T21:54:00.000Z";

const thing = (id: string, name: string, more: Partial<LiveResource> = {}): LiveResource => ({
  id,
  name,
  kind: z.enum(["node", "guest", "container", "storage", "service"]).parse(id.split("/")[0]),
  status: "up",
  stale: false,
  at,
  plugin: "any",
  ...more,
});
const guest = (vmid: number, name: string, node: string, more: Partial<LiveResource> = {}): LiveResource =>
  thing(`guest/${vmid}`, name, { vmid, parent: `node/${node}`, figures: { cpuPercent: 3, memoryBytes: 1, memoryTotalBytes: 4 }, ...more });
const box = (name: string): LiveResource => thing(`container/mgmt/${name}`, name, { parent: "guest/100" });
const disk = { figures: { diskBytes: 60, diskTotalBytes: 100 } };

export const resources: LiveResource[] = [
  ...["pve1", "pve2", "attic"].map((name) => thing(`node/${name}`, name, { figures: { cpuPercent: 10, diskBytes: 1, diskTotalBytes: 9 } })),
  thing("storage/pve1/local", "local", { parent: "node/pve1", ...disk }),
  thing("storage/pve2/local", "local", { parent: "node/pve2", ...disk }),
  thing("storage/tank", "tank", disk),
  thing("storage/backups", "backups", disk),
  guest(100, "mgmt", "pve1", { self: true }),
  guest(101, "nextcloud", "pve1"),
  guest(102, "postgres", "pve1"),
  guest(103, "adguard", "pve2"),
  guest(104, "homeassistant", "pve2"),
  guest(105, "jellyfin", "pve2", { guestKind: "ct" }),
  guest(106, "immich", "pve1"),
  guest(107, "win-lab", "attic", { status: "down" }),
  guest(108, "vaultwarden", "pve2"),
  guest(110, "paperless", "pve1"),
  guest(113, "web1", "pve1"),
  guest(114, "web2", "pve2", { status: "down" }),
  ...["nginx", "grafana", "prometheus", "uptime-kuma", "vaultwarden", "ntfy"].map(box),
];

export const view: View = {
  nowMs: Date.parse(at),
  persona: Persona.parse({ name: "T" }),
  resources,
  incidents: [],
  feed: [],
  calls: [],
  status: { mode: "act", killed: false, maintenance: false, sources: [], version: "0", self: { state: "outside", resources: [], words: "" }, brain: "rules" },
};

const Declared = z.object({ tools: z.record(z.string(), z.object({ title: z.string(), about: z.string(), effect: Effect, input: z.custom<z.ZodType>() })).default({}) });

const bound = (plugin: string, key: string, { title, about, effect, input }: z.output<typeof Declared>["tools"][string]): BoundTool => ({
  name: `${plugin}_${key}`,
  plugin,
  title,
  about,
  effect,
  input,
  deadlineMs: 1000,
  verifyMs: 1000,
  target: () => undefined,
  run: async () => ({ text: "" }),
});

/** Whatever is bundled, read from the folder: what was taken out is not missed. */
export const registered = async (): Promise<BoundTool[]> => {
  const ids = z.array(z.string()).parse(JSON.parse(readFileSync(join(root, "plugins/bundled.json"), "utf8")));
  const found = await Promise.all(
    ids.map(async (id) => {
      const folder = join(root, "plugins", id, "plugin.ts");
      const path = (await Bun.file(folder).exists()) ? folder : join(root, "plugins", `${id}.ts`);
      const { tools } = Declared.parse(z.object({ default: z.unknown() }).parse(await import(path)).default);
      return Object.entries(tools).map(([key, tool]) => bound(id, key, tool));
    }),
  );
  const toast = bound("toaster", "bread_toast", { title: "Toast bread", about: "", effect: "reversible", input: z.object({ shade: z.enum(["light", "dark"]) }) });
  return [...found.flat(), toast].sort((a, b) => (a.name < b.name ? -1 : 1));
};
