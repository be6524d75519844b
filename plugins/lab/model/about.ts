// What the lab's model says it is, on both wires: its name and how much it holds. It is no language model, and its name says so.

export const MODEL = "lab-model";
export const MODEL_TITLE = "lab model";
/** As the reference house's small model has. */
export const LOCAL_CONTEXT_TOKENS = 4_096;
export const CLOUD_CONTEXT_TOKENS = 200_000;
/** One question at a time, as llama-server starts with little memory. */
export const SLOTS = 1;
/** Answers are short whatever is allowed. */
export const MOST_ANSWER_TOKENS = 8_192;
/** 2026-01-01, when it was made. */
export const MADE_AT_S = 1_767_225_600;
