// GET /cluster/ha/status/current: one list of quorum, master, fencing, the nodes' local managers (lrm) and the services under HA, told apart by `type`.
import { z } from "jarvis";
import { compact } from "./compact.ts";
import { looseNumber, looseRows, looseText } from "./loose.ts";

const Row = z.object({
  type: z.string(),
  id: looseText,
  node: looseText,
  status: looseText,
  sid: looseText,
  state: looseText,
  request_state: looseText,
  max_restart: looseNumber,
  timestamp: looseNumber,
});
export const HaRows = looseRows(Row);

/** `mode`: of the words in brackets, `maintenance`, `dead` (its time stands still), `drift`, `idle`, `active`. */
export const Lrm = z.object({ node: z.string(), mode: z.enum(["active", "idle", "maintenance", "dead", "drift", "other"]), words: z.string() });
export type Lrm = z.output<typeof Lrm>;
export const HaService = z.object({ sid: z.string(), vmid: z.number().int().optional(), node: z.string(), state: z.string(), wanted: z.string().optional() });
export type HaService = z.output<typeof HaService>;

const modeOf = (words: string): Lrm["mode"] => {
  if (/maintenance mode/i.test(words)) return "maintenance";
  if (/time drift/i.test(words)) return "drift";
  if (/old timestamp|dead\?/i.test(words)) return "dead";
  if (/\(idle/i.test(words)) return "idle";
  return /\(active/i.test(words) ? "active" : "other";
};

export interface Ha {
  master: string | undefined;
  lrms: Lrm[];
  services: HaService[];
}

export const haOf = (rows: z.output<typeof HaRows>): Ha => ({
  master: rows.find(({ type }) => type === "master")?.node,
  lrms: rows.flatMap(({ type, node, status = "" }) => (type === "lrm" && node !== undefined ? [{ node, mode: modeOf(status), words: status }] : [])),
  services: rows.flatMap(({ type, sid, node, state, request_state }): HaService[] => {
    if (type !== "service" || sid === undefined || node === undefined || state === undefined) return [];
    const vmid = /^(?:vm|ct):(\d+)$/.exec(sid)?.[1];
    return [compact({ sid, vmid: vmid === undefined ? undefined : Number(vmid), node, state, wanted: request_state })];
  }),
});
