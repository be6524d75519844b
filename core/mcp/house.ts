// The catalogue of the house for one visitor: the registry's tools by scope beside the core's own, its documents, its prompts. Listing is no permission: a tool that is not listed is still decided by the pipeline.
import { reaches } from "../contract/caller.ts";
import type { BoundTool } from "../tools/bound.ts";
import { callThrough } from "./calling.ts";
import type { Catalogue, CatalogueOf, OfferedTool } from "./catalogue.ts";
import { createDocuments, TEMPLATES } from "./documents.ts";
import type { McpFaces, Visitor } from "./faces.ts";
import { ownTools } from "./own-tools.ts";
import { promptsFrom } from "./prompts.ts";
import { listedTool } from "./schema.ts";
import { createTasks } from "./tasks.ts";

/** Reads for everyone, what changes things for who may operate; what is destructive no token may do, so nobody is offered it. */
const isOffered = (tool: BoundTool, { caller }: Visitor): boolean => tool.effect === "read" || (tool.effect !== "destructive" && reaches(caller.scope, "operate"));

export const createHouse = (faces: McpFaces): CatalogueOf => {
  const described = new WeakMap<BoundTool, OfferedTool["listed"]>();
  const describe = (tool: BoundTool): OfferedTool["listed"] => {
    const known = described.get(tool) ?? listedTool(tool);
    described.set(tool, known);
    return known;
  };
  const documents = createDocuments(faces);
  const prompts = promptsFrom(documents.read);

  return (visitor, seal): Catalogue => {
    const tasks = createTasks(faces, visitor);
    const bound = (tool: BoundTool): OfferedTool => ({ listed: describe(tool), call: (input, turn) => callThrough({ faces, visitor, seal, tasks }, tool, input, turn) });
    const own = ownTools(faces, visitor);
    return {
      tools: () =>
        [...own.flatMap(({ tool, isListed }) => (isListed ? [tool] : [])), ...faces.tools().flatMap((tool) => (isOffered(tool, visitor) ? [bound(tool)] : []))].sort((a, b) =>
          a.listed.name < b.listed.name ? -1 : 1,
        ),
      tool: (name) => {
        const found = faces.tool(name);
        return found === undefined ? own.find(({ tool }) => tool.listed.name === name)?.tool : bound(found);
      },
      resources: documents.list,
      templates: TEMPLATES,
      read: documents.read,
      prompts,
      complete: ({ argument, text, template }) => documents.complete(argument, text, template),
      tasks,
    };
  };
};
