// Docker engines over their sockets: what runs, what died, the events as they happen, and start, stop, restart. Creates, removes and executes nothing.
import { definePlugin } from "jarvis";
import { Config } from "./config.ts";
import { createClient } from "./engine/client.ts";
import { ContainerEvent } from "./engine/events.ts";
import { alertsOf, resourcesOf } from "./monitor/derive.ts";
import { follow } from "./monitor/follow.ts";
import { pictureOf, recall } from "./monitor/picture.ts";
import { probe } from "./monitor/probe.ts";
import { scene } from "./monitor/scene.ts";
import { State } from "./monitor/state.ts";
import { surveyAll } from "./monitor/survey-all.ts";
import { actingTool } from "./tools/act.ts";
import { containerGet, containerList, containerLogs } from "./tools/read.ts";

export default definePlugin({
  title: "Docker",
  about: "Containers on Docker engines: state, health, logs, events; starts, stops and restarts them.",
  permissions: {
    net: [{ value: "config:hosts", why: "the sockets and addresses of the Docker engines in the configuration" }],
    read: [{ value: "config:hosts", why: "certificate files named in the configuration" }],
  },
  config: Config,
  connect: (ctx: { readonly config: Config }) => createClient(ctx.config),
  monitors: {
    containers: {
      title: "Containers",
      every: "10s",
      watched: "10s",
      // One that hangs takes its requests' own 10 s each: the others must not look lost because of it.
      deadline: "30s",
      state: State,
      read: async (ctx) => {
        await recall(ctx);
        await surveyAll(ctx);
        return pictureOf(ctx.client, ctx.now());
      },
      watch: follow,
      resources: resourcesOf,
      alerts: alertsOf,
      probe,
      scene,
    },
  },
  channels: { events: { title: "Events of containers as they happen", data: ContainerEvent } },
  tools: {
    container_list: containerList,
    container_get: containerGet,
    container_logs: containerLogs,
    container_start: actingTool("start", { title: "Start a container", about: "Starts a container that is down. Does nothing to one that runs.", effect: "reversible" }),
    container_stop: actingTool("stop", {
      title: "Stop a container",
      about: "Stops a running container: SIGTERM, then SIGKILL after its grace. It stays down until somebody starts it.",
      effect: "disruptive",
    }),
    container_restart: actingTool("restart", {
      title: "Restart a container",
      about: "Stops and starts a container. For one that is unhealthy or hangs; a stopped one is started.",
      effect: "disruptive",
    }),
  },
  widgets: {
    containers: {
      kind: "table",
      title: "Containers",
      from: "containers",
      size: "m",
      rows: "containers",
      fields: [
        { field: "name", title: "Name" },
        { field: "state", title: "State" },
        { field: "health", title: "Health" },
        { field: "host", title: "Host" },
      ],
      actions: [
        { title: "Restart", tool: "docker_container_restart", input: { container: "{resource}" }, each: true, when: { field: "status", is: "up" } },
        { title: "Start", tool: "docker_container_start", input: { container: "{resource}" }, each: true, when: { field: "status", is: "down" } },
      ],
    },
  },
});
