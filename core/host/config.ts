// A plugin's section of jarvis.yaml, parsed by the plugin's own schema. Decides whether a plugin without one runs or stays off.
import type { z } from "zod";
import { type Issue, JarvisError } from "../contract/error.ts";
import { worded } from "../lib/wording.ts";

export type Configured = { readonly state: "ready"; readonly config: unknown } | { readonly state: "off"; readonly words: string };

/** Throws JarvisError configuration with the dotted paths (`plugins.ID.key`) and what was expected. `section` undefined: there is none. */
export const configure = async (id: string, schema: z.ZodType, section: unknown): Promise<Configured> => {
  const parsed = await schema.safeParseAsync(section ?? {});
  if (parsed.success) return { state: "ready", config: parsed.data };
  if (section === undefined || section === null) return { state: "off", words: "not configured" };
  const issues = parsed.error.issues.flatMap((issue) =>
    worded(issue, schema).map(({ path, message }): Issue => ({ path: ["plugins", id, ...path].map(String).join("."), message })),
  );
  throw new JarvisError("configuration", {
    message: issues.map(({ path, message }) => `${path}: ${message}`).join("\n"),
    issues,
    ...(issues[0] === undefined ? {} : { path: issues[0].path }),
  });
};
