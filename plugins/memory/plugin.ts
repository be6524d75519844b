// Memory: what people told, how they like things, and the lab book; found again by words. It touches nothing but its own records and one page.
import { definePlugin } from "jarvis";
import { book } from "./book/keep.ts";
import { createMemory } from "./book/memory.ts";
import { Config } from "./config.ts";
import { facts } from "./facts.ts";
import { factConfirm } from "./tools/confirm.ts";
import { factForget, factRestore } from "./tools/forget.ts";
import { everything, factList } from "./tools/list.ts";
import { factRecall } from "./tools/recall.ts";
import { factRemember } from "./tools/remember.ts";

export default definePlugin({
  title: "Memory",
  about: "Remembers what it is told, with who said it and when; keeps the lab book; what came from outside is kept apart until confirmed.",
  permissions: {
    state: [
      { value: "records", why: "the facts" },
      { value: "core/resources", why: "which thing a fact is about, and what the lab book tells of" },
      { value: "core/incidents", why: "how often something went wrong before, and how it ended" },
    ],
    read: [
      { value: "memory:operator.md", why: "how the operator likes things" },
      { value: "own:cluster.md", why: "the lab book" },
      { value: "own:journal", why: "the days of the journal" },
    ],
    write: [{ value: "own:cluster.md", why: "to keep the lab book up to date" }],
  },
  config: Config,
  connect: createMemory,
  monitors: { facts, book },
  tools: {
    fact_remember: factRemember,
    fact_recall: factRecall,
    fact_list: factList,
    fact_forget: factForget,
    fact_restore: factRestore,
    fact_confirm: factConfirm,
    export: everything,
  },
  recall: async (ctx, { words, lines }) => (await import("./find/everywhere.ts")).recallFor(ctx, words, lines),
  widgets: {
    facts: {
      kind: "list",
      // Not "Memory": on this screen that is what a machine has.
      title: "Remembered",
      from: "facts",
      rows: "rows",
      name: "name",
      words: "words",
      status: "status",
      actions: [
        { title: "Forget", tool: "memory_fact_forget", input: { id: "{id}" }, each: true },
        { title: "Confirm", tool: "memory_fact_confirm", input: { id: "{id}" }, each: true, when: { field: "status", is: "held" } },
      ],
    },
  },
});
