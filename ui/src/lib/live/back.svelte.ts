// Said once when the line is back: how long it was gone, and whether anything happened meanwhile.
import { plural } from "../format/figure.ts";
import { span } from "../format/moment.ts";
import { call, house } from "./house.svelte.ts";
import { toasts } from "./toast.svelte.ts";

const LOOKED_AT = 40;

const meanwhile = async (since: number): Promise<string> => {
  try {
    const { entries } = await call("feed.list", { limit: LOOKED_AT });
    const count = entries.filter(({ at }) => Date.parse(at) > since + house.clockOffsetMs).length;
    return count === 0 ? "Nothing happened meanwhile." : `${plural(count, "thing")} happened meanwhile; the activity tells.`;
  } catch {
    return "";
  }
};

/** To be called on every connection; the first of a page says nothing. */
export const tellBack = async (): Promise<void> => {
  const since = house.lastHeard;
  if (since === undefined) return;
  const gone = span(Date.now() - since);
  toasts.say("done", `Back after ${gone}. ${await meanwhile(since)}`.trim());
};
