// What an `auth` message is worth: a credential, or why not with the close code that follows. Decides, sends nothing.

import type { z } from "zod";
import { type AuthParams, CLOSE, PROTOCOL } from "../contract/wire.ts";
import type { Credential, Credentials } from "./credentials.ts";
import type { Who } from "./faces.ts";

/** What the upgrade request brought. `origin`: whether it had one (it was ours then). */
export interface Upgraded {
  readonly ip: string;
  readonly origin: boolean;
  readonly cookie?: string | undefined;
  /** Who it is already, by the way it came. */
  readonly owner?: Who;
}

type Judged = { credential: Credential; who: Who } | { code: number; words: string };

const no = (words: string): Judged => ({ code: CLOSE.credential, words });

export const judge = (params: z.output<typeof AuthParams>, upgraded: Upgraded, credentials: Credentials): Judged => {
  if (params.protocol !== undefined && params.protocol !== PROTOCOL) return { code: CLOSE.protocol, words: `This Jarvis speaks protocol ${PROTOCOL}.` };
  const { owner } = upgraded;
  if (owner !== undefined) return { credential: { who: () => owner }, who: owner };
  const { token, key } = params;
  if (token !== undefined) return accept(credentials.byToken(token, "socket"), "This token is not valid.");
  if (key === undefined) return no('auth needs a token in its params, {"token":"..."}; a page sends its session\'s key.');
  if (!upgraded.origin) return no("A session's key is taken from a browser's page only.");
  if (upgraded.cookie === undefined) return no("The session's cookie did not come with the upgrade.");
  return accept(credentials.bySession(upgraded.cookie, key, "socket"), "This session is not valid any more; sign in again.");
};

const accept = (credential: Credential | undefined, words: string): Judged => {
  const who = credential?.who();
  return credential === undefined || who === undefined ? no(words) : { credential, who };
};
