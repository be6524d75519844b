// Effects from harmless to final, and whether one is at least as heavy as another. Pure.
import { Effect } from "../contract/tool.ts";

export const EFFECTS_UP: readonly Effect[] = Effect.options;

export const atLeast = (effect: Effect, least: Effect): boolean => EFFECTS_UP.indexOf(effect) >= EFFECTS_UP.indexOf(least);
