// Whether a figure made of several readings may still be read as now. Pure.
import type { DrawnResource } from "$contract/drawn.ts";

export type Age = "fresh" | "partly" | "stale";

/** Nothing at all is fresh: it says nothing that could be old. */
export const ageOf = (parts: readonly Pick<DrawnResource, "stale" | "status">[]): Age => {
  const old = parts.filter(({ stale, status }) => stale === true || status === "unknown").length;
  if (old === 0) return "fresh";
  return old === parts.length ? "stale" : "partly";
};

export const AGE_WORDS: Readonly<Record<Age, string>> = { fresh: "", partly: "partly stale", stale: "stale" };
