// GET /volumes, /system/df and /containers/ID/top: what is kept, how much room it takes, what runs. It refuses nothing.
import type { Box } from "../box.ts";
import type { Stock, Volume } from "../stock.ts";
import { rfc3339 } from "../time.ts";
import { usageOfImage } from "./images.ts";
import { list, mountsOf } from "./list.ts";

const MiB = 1_048_576;

export const aboutVolume = (volume: Volume): Record<string, unknown> => ({
  CreatedAt: `${rfc3339(volume.createdMs).slice(0, 19)}Z`,
  Driver: "local",
  Labels: volume.labels,
  Mountpoint: `/var/lib/docker/volumes/${volume.name}/_data`,
  Name: volume.name,
  Options: null,
  Scope: "local",
});

export const mountersOf = (volume: Volume, boxes: readonly Box[]): Box[] => boxes.filter((box) => mountsOf(box).some(({ Name }) => Name === volume.name));

export function diskUsage({ images, volumes }: Stock, boxes: readonly Box[], nowMs: number): Record<string, unknown> {
  const rootOf = new Map(images.map(({ id, sizeBytes }) => [id, sizeBytes]));
  return {
    LayersSize: images.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    Images: images.map((image) => usageOfImage(image, boxes)),
    Containers: list(boxes, nowMs, { all: true, limit: 0, filters: {} }).map((one) => ({ ...one, SizeRootFs: (rootOf.get(String(one.ImageID)) ?? 0) + 2 * MiB })),
    Volumes: volumes.map((volume) => ({ ...aboutVolume(volume), UsageData: { RefCount: mountersOf(volume, boxes).length, Size: volume.sizeBytes } })),
    BuildCache: [],
  };
}

export function processes(box: Box, nowMs: number): Record<string, unknown> {
  const minutes = Math.floor(((nowMs - box.startedMs) / 60_000) * box.made.cpu);
  const spent = [Math.floor(minutes / 60), minutes % 60, 7].map((part) => String(part).padStart(2, "0")).join(":");
  const started = new Date(box.startedMs).toISOString().slice(11, 16);
  return {
    Titles: ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"],
    Processes: [["root", String(box.pid), String(box.pid - 21), "0", started, "?", spent, box.made.command.join(" ")]],
  };
}
