// The runbooks as this page last read them: asked for once the house is there, and again when a person says so. A list that cannot be read anew leaves the last one standing.
import { call, house } from "../live/house.svelte.ts";
import { wordsOf } from "../live/wire-error.ts";
import { listingTool, type Runbook, runbooksOf } from "./runbook.ts";

let list = $state.raw<readonly Runbook[] | undefined>(undefined);
let trouble = $state<string | undefined>(undefined);
let busy = $state(false);

const read = async (): Promise<void> => {
  const name = listingTool(house.tools);
  if (busy || name === undefined) return;
  busy = true;
  try {
    const answer = await call("tools.call", { name, arguments: {} });
    trouble = answer.state === "succeeded" ? undefined : answer.text || answer.state;
    if (answer.state === "succeeded") list = runbooksOf(answer.data);
  } catch (thrown) {
    trouble = wordsOf(thrown);
  } finally {
    busy = false;
  }
};

export const runbooks = {
  get list() {
    return list;
  },
  get trouble() {
    return trouble;
  },
  get busy() {
    return busy;
  },
  read,
};
