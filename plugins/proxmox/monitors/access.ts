// Monitor `access`: what our tokens may and lack, and how the endpoints stand. Asked rarely; everything else that cannot be seen for want of a right points here.
import type { Monitor } from "jarvis";
import type { Client } from "../client/client.ts";
import { laneOf } from "../client/lane.ts";
import type { Config } from "../config.ts";
import type { Ctx } from "../context.ts";
import { Report, readReport } from "../setup/report.ts";

export const access: Monitor<Config, Client, typeof Report> = {
  title: "Rights and endpoints",
  // By what is remembered; Proxmox itself is asked once in a quarter of an hour, sooner after a refusal.
  every: "60s",
  state: Report,
  read: (ctx: Ctx) => readReport(ctx, ctx.client, { waits: (calls) => !laneOf(ctx.client).whole(ctx.now(), calls, "access") }),
};
