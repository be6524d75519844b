// Which tools fit a resource, read from their input schemas at run time: no tool is known by its name. Pure.
import type { ToolInfo } from "$contract/wire.ts";
import type { Placed } from "../resource/order.ts";

export interface Offer {
  tool: string;
  /** The verb of the tool's title: "Start", "Shut down". */
  verb: string;
  about: string;
  effect: ToolInfo["effect"];
  input: Record<string, unknown>;
}

interface Schema {
  properties?: Record<string, { type?: string }>;
  required?: string[];
}

const NOUN = /\s*\b(?:a|an|the|one)\s+(?:[a-z]+\s+)?(?:guest|node|host|container|vm|service|resource)\b(?:'s)?/i;

/** "Shut a guest down" -> "Shut down", "Trim a VM's disks" -> "Trim disks". */
export const verbOf = (title: string): string => {
  const verb = title.replace(NOUN, "").replace(/\s+/g, " ").trim();
  return verb === "" ? title : verb;
};

/** Words that begin a verb for what does not run; all others are for what runs. */
const RAISES = /^(?:start|boot|wake|power on|turn on|resume|unpause)\b/i;

const fill = (schema: Schema, resource: Placed): Record<string, unknown> | undefined => {
  const has = (name: string): boolean => schema.properties?.[name] !== undefined;
  if (resource.kind === "guest") {
    if (has("vmid") && resource.vmid !== undefined) return { vmid: resource.vmid };
    return has("guest") ? { guest: resource.name } : undefined;
  }
  if (resource.kind === "container") return has("container") ? { container: resource.id } : undefined;
  if (resource.kind === "node") return has("node") && !has("vmid") && !has("guest") && !has("container") ? { node: resource.name } : undefined;
  return undefined;
};

export const offersFor = (tools: readonly ToolInfo[], resource: Placed): Offer[] =>
  tools.flatMap((tool) => {
    if (tool.effect === "read") return [];
    const schema = (tool.inputSchema ?? {}) as Schema;
    const input = fill(schema, resource);
    if (input === undefined || (schema.required ?? []).some((name) => !(name in input))) return [];
    const verb = verbOf(tool.title);
    if (RAISES.test(verb) === (resource.status === "up")) return [];
    return [{ tool: tool.name, verb, about: tool.about, effect: tool.effect, input }];
  });
