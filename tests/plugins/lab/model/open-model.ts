// The lab's model on a free port, spoken to with the official clients. Started and stopped by a test, in its own process.
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { handClock } from "../../../../plugins/lab/clock.ts";
import { modelFaults } from "../../../../plugins/lab/faults/model.ts";
import { createTraffic } from "../../../../plugins/lab/front/traffic.ts";
import { createModelServer } from "../../../../plugins/lab/model/server.ts";
import { createTroubles } from "../../../../plugins/lab/model/trouble.ts";
import { listen } from "../../../../plugins/lab/ports.ts";

export const KEY = "lab-0123456789";

export const openModel = async () => {
  const clock = handClock(Date.parse("2026-05-01T08:00:00Z"));
  const troubles = createTroubles();
  const faults = modelFaults(troubles);
  let isHostUp = true;
  const server = createModelServer({ key: KEY, clock, traffic: createTraffic(clock.now), troubles, isHostUp: () => isHostUp });
  const url = `http://127.0.0.1:${await listen(server, 0)}`;
  const fault = (name: string) => {
    const found = faults.find((one) => one.name === name);
    if (!found) throw new Error(`no fault ${name}`);
    return found;
  };
  return {
    url,
    clock,
    anthropic: new Anthropic({ apiKey: KEY, baseURL: url, maxRetries: 0 }),
    openai: new OpenAI({ apiKey: KEY, baseURL: `${url}/v1`, maxRetries: 0 }),
    break: (name: string, target = "model/all", args: Record<string, string> = {}) => fault(name).break(target, args),
    heal: (name: string) => fault(name).heal(),
    powerOff: () => {
      isHostUp = false;
    },
    get: async (path: string, key = KEY) => {
      const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${key}` } });
      const body: unknown = await answer.json();
      return { status: answer.status, body };
    },
    post: async (path: string, body: unknown, headers: Record<string, string> = { authorization: `Bearer ${KEY}` }, signal?: AbortSignal) =>
      fetch(`${url}${path}`, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers }, ...(signal ? { signal } : {}) }),
    stop: () =>
      new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
};

interface Offered {
  name: string;
  about: string;
  properties: Record<string, unknown>;
  required?: string[];
}

const name = { type: "string", maxLength: 100 };
const vmid = { type: "integer", minimum: 100 };

/** As a house offers them. */
const TOOLS: readonly Offered[] = [
  { name: "proxmox_guest_restart", about: "Restarts a VM or container of the cluster.", properties: { vmid, guest: name } },
  { name: "proxmox_guest_get", about: "How a guest is now.", properties: { vmid, guest: name } },
  { name: "docker_container_restart", about: "Restarts a Docker container.", properties: { container: name, host: name }, required: ["container"] },
  { name: "ssh_host_run", about: "Runs a command on a host.", properties: { host: name, command: name }, required: ["host", "command"] },
  { name: "memory_fact_remember", about: "Keeps a fact.", properties: { text: name, about: name }, required: ["text"] },
];

const schemaOf = ({ properties, required = [] }: Offered) => ({ type: "object" as const, properties, required, additionalProperties: false });

export const forAnthropic = () => TOOLS.map((tool) => ({ name: tool.name, description: tool.about, input_schema: schemaOf(tool) }));
export const forOpenai = () => TOOLS.map((tool) => ({ type: "function" as const, function: { name: tool.name, description: tool.about, parameters: schemaOf(tool) } }));
