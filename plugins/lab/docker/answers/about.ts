// GET /version, /info and stats: what the engine tells of itself and of one container's use. It refuses nothing.
import type { Box } from "../box.ts";
import { rfc3339 } from "../time.ts";

export const API_VERSION = "1.47";
export const MIN_API_VERSION = "1.24";
export const ENGINE_VERSION = "27.5.1";
const KERNEL = "6.12.48+deb13-amd64";
const CPUS = 4;
const BOOTED_MS = Date.UTC(2024, 0, 1);
const MEMORY_BYTES = 8_589_934_592;
const MiB = 1_048_576;

export const version = (): Record<string, unknown> => ({
  Platform: { Name: "Docker Engine - Community" },
  Components: [
    {
      Name: "Engine",
      Version: ENGINE_VERSION,
      Details: {
        ApiVersion: API_VERSION,
        Arch: "amd64",
        Experimental: "false",
        GitCommit: "4c9b3b0",
        GoVersion: "go1.22.11",
        KernelVersion: KERNEL,
        MinAPIVersion: MIN_API_VERSION,
        Os: "linux",
      },
    },
    { Name: "containerd", Version: "1.7.25", Details: { GitCommit: "bcc810d6b9066471b0b6fa75f557a15a1cbf31bb" } },
    { Name: "runc", Version: "1.2.4", Details: { GitCommit: "v1.2.4-0-g6c52b3f" } },
  ],
  Version: ENGINE_VERSION,
  ApiVersion: API_VERSION,
  MinAPIVersion: MIN_API_VERSION,
  GitCommit: "4c9b3b0",
  GoVersion: "go1.22.11",
  Os: "linux",
  Arch: "amd64",
  KernelVersion: KERNEL,
  BuildTime: "2025-01-22T13:41:48.000000000+00:00",
});

export function info(boxes: readonly Box[], images: number, nowMs: number): Record<string, unknown> {
  const paused = boxes.filter((box) => box.paused).length;
  const running = boxes.filter((box) => box.status === "running").length - paused;
  return {
    ID: "b7a1c0de-5278-4a1e-9d65-c0a801410001",
    Containers: boxes.length,
    ContainersRunning: running,
    ContainersPaused: paused,
    ContainersStopped: boxes.length - running - paused,
    Images: images,
    Driver: "overlay2",
    MemoryLimit: true,
    SwapLimit: true,
    OomKillDisable: false,
    SystemTime: rfc3339(nowMs),
    LoggingDriver: "json-file",
    CgroupDriver: "systemd",
    CgroupVersion: "2",
    KernelVersion: KERNEL,
    OperatingSystem: "Debian GNU/Linux 13 (trixie)",
    OSVersion: "13",
    OSType: "linux",
    Architecture: "x86_64",
    NCPU: CPUS,
    MemTotal: MEMORY_BYTES,
    DockerRootDir: "/var/lib/docker",
    Name: "mgmt",
    Labels: [],
    ExperimentalBuild: false,
    ServerVersion: ENGINE_VERSION,
    DefaultRuntime: "runc",
    Swarm: { NodeID: "", NodeAddr: "", LocalNodeState: "inactive", ControlAvailable: false, Error: "", RemoteManagers: null },
    LiveRestoreEnabled: false,
    Warnings: null,
  };
}

const cpuAt = (box: Box, nowMs: number): Record<string, unknown> => {
  const lived = Math.max(0, nowMs - box.startedMs);
  const used = Math.floor(lived * 1_000_000 * box.made.cpu);
  return {
    cpu_usage: { total_usage: used, usage_in_kernelmode: Math.floor(used * 0.3), usage_in_usermode: Math.floor(used * 0.7) },
    // Nanoseconds of all processors since the machine booted.
    system_cpu_usage: Math.floor((nowMs - BOOTED_MS) * 1_000_000) * CPUS,
    online_cpus: CPUS,
    throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
  };
};

const NO_CPU = { cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 }, throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 } };

/** A one-shot answer has no earlier sample; a container that is down has none at all. */
export function stats(box: Box, nowMs: number, oneShot: boolean): Record<string, unknown> {
  const up = box.status === "running";
  return {
    read: rfc3339(up ? nowMs : 0),
    preread: rfc3339(up && !oneShot ? nowMs - 1_000 : 0),
    pids_stats: up ? { current: 2 + Math.floor(box.made.memoryMiB / 16) } : {},
    num_procs: 0,
    storage_stats: {},
    cpu_stats: up ? cpuAt(box, nowMs) : NO_CPU,
    precpu_stats: up && !oneShot ? cpuAt(box, nowMs - 1_000) : NO_CPU,
    memory_stats: up ? { usage: box.made.memoryMiB * MiB, stats: { inactive_file: 4 * MiB }, limit: MEMORY_BYTES } : {},
    name: `/${box.made.name}`,
    id: box.id,
  };
}
