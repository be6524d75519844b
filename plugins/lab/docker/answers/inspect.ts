// GET /containers/ID/json: all there is to know of one container, with the engine's own field names. It refuses nothing.
import { type Box, CHECK_EVERY_MS, CHECK_RETRIES, labelsOf } from "../box.ts";
import { rfc3339 } from "../time.ts";
import { mountsOf } from "./list.ts";
import { modeOf, networkOf } from "./network.ts";

const NANOS = 1_000_000;
const MiB = 1_048_576;

function stateOf(box: Box): Record<string, unknown> {
  const health = box.health && {
    Health: {
      Status: box.health.status,
      FailingStreak: box.health.streak,
      Log: box.health.log.map((check) => ({ Start: rfc3339(check.startMs), End: rfc3339(check.endMs), ExitCode: check.exitCode, Output: check.output })),
    },
  };
  return {
    Status: box.paused ? "paused" : box.status,
    Running: box.status === "running" || box.status === "restarting",
    Paused: box.paused,
    Restarting: box.status === "restarting",
    OOMKilled: box.oomKilled,
    Dead: false,
    Pid: box.pid,
    ExitCode: box.exitCode,
    Error: "",
    StartedAt: rfc3339(box.startedMs),
    FinishedAt: rfc3339(box.finishedMs),
    ...health,
  };
}

function hostConfigOf(box: Box): Record<string, unknown> {
  const bindings = Object.fromEntries((box.made.ports ?? []).map(([inside, outside]) => [`${inside}/tcp`, [{ HostIp: "", HostPort: String(outside) }]]));
  return {
    Binds: null,
    ContainerIDFile: "",
    LogConfig: { Type: "json-file", Config: {} },
    NetworkMode: modeOf(box),
    PortBindings: bindings,
    RestartPolicy: { Name: box.made.restart.name, MaximumRetryCount: box.made.restart.retries },
    AutoRemove: false,
    VolumeDriver: "",
    VolumesFrom: null,
    CapAdd: null,
    CapDrop: null,
    IpcMode: "private",
    PidMode: "",
    Privileged: false,
    ReadonlyRootfs: false,
    SecurityOpt: null,
    ShmSize: 64 * MiB,
    Runtime: "runc",
    Memory: 0,
    NanoCpus: 0,
    OomKillDisable: false,
  };
}

function configOf(box: Box): Record<string, unknown> {
  const check = box.made.health && {
    Healthcheck: { Test: ["CMD-SHELL", box.made.health], Interval: CHECK_EVERY_MS * NANOS, Timeout: 5_000 * NANOS, Retries: CHECK_RETRIES },
  };
  return {
    Hostname: box.id.slice(0, 12),
    Domainname: "",
    User: "",
    AttachStdin: false,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    OpenStdin: false,
    StdinOnce: false,
    Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", ...(box.made.env ?? [])],
    Cmd: box.made.command,
    ...check,
    Image: box.made.image,
    Volumes: null,
    WorkingDir: "",
    Entrypoint: null,
    OnBuild: null,
    Labels: labelsOf(box.made),
  };
}

export function inspect(box: Box): Record<string, unknown> {
  const folder = `/var/lib/docker/containers/${box.id}`;
  const [path = "", ...args] = box.made.command;
  return {
    Id: box.id,
    Created: rfc3339(box.createdMs),
    Path: path,
    Args: args,
    State: stateOf(box),
    Image: box.imageId,
    ResolvConfPath: `${folder}/resolv.conf`,
    HostnamePath: `${folder}/hostname`,
    HostsPath: `${folder}/hosts`,
    LogPath: `${folder}/${box.id}-json.log`,
    Name: `/${box.made.name}`,
    RestartCount: box.restartCount,
    Driver: "overlay2",
    Platform: "linux",
    MountLabel: "",
    ProcessLabel: "",
    AppArmorProfile: "docker-default",
    ExecIDs: null,
    HostConfig: hostConfigOf(box),
    GraphDriver: { Data: null, Name: "overlay2" },
    Mounts: mountsOf(box),
    Config: configOf(box),
    NetworkSettings: {
      SandboxID: box.id,
      Ports:
        box.status === "running"
          ? Object.fromEntries((box.made.ports ?? []).map(([inside, outside]) => [`${inside}/tcp`, [{ HostIp: "0.0.0.0", HostPort: String(outside) }]]))
          : {},
      SandboxKey: box.status === "running" ? `/var/run/docker/netns/${box.id.slice(0, 12)}` : "",
      Networks: networkOf(box),
    },
  };
}
