// proxmox_access_get: what our tokens may, what they lack and what that costs. Reads only.
import { type Tool, z } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Config } from "../config.ts";
import { Report, readReport, wordsOf } from "../setup/report.ts";

const Input = z.object({});

export const accessGet: Tool<Config, Client, typeof Input> = {
  title: "Look at our rights",
  about: "Tells what Jarvis's own Proxmox tokens may see and do, which privileges lack and what is lost by that, and how each endpoint stands.",
  effect: "read",
  input: Input,
  output: Report,
  run: async (ctx) => {
    const data = await readReport({ ...ctx, cause: "access" }, ctx.client, { fresh: true });
    return { text: wordsOf(data), data };
  },
};
