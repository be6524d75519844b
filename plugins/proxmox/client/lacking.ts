// What the read credential lacks, in a sentence with the fix: an answer that leaves out what it may not see is no failure, and must not pass for an empty house. Decides only.
import { grantCommand } from "../setup/commands.ts";
import type { Client } from "./client.ts";
import type { Need } from "./needs.ts";

const MOST_NAMED = 2;
const OVER = "The credential I read Proxmox with holds every privilege it needs again.";

/** `Grant it as root on a node: pveum ...`; a login's role has a name of its own. */
export const granting = (who: string, need: Pick<Need, "role" | "path">, privilege: string): string => {
  const [user = who, token] = who.split("!");
  return token === undefined ? "Give its role that privilege." : `Grant it as root on a node: ${grantCommand({ need, privilege, user, token })}`;
};

/** Undefined while nothing lacks, or nothing was read of it. */
export const lackWords = ({ missing, identity }: Pick<Client, "missing" | "identity">): { words: string; over: string } | undefined => {
  const lacks = missing().filter(({ need }) => need.role === "read" && need.extra !== true);
  if (lacks.length === 0) return undefined;
  const named = lacks.slice(0, MOST_NAMED).map(({ need, privilege, words }) => `${words} (${need.loses}). ${granting(identity.read, need, privilege)}.`);
  const more = lacks.length > MOST_NAMED ? ` And ${lacks.length - MOST_NAMED} more.` : "";
  const subject = identity.read.includes("!") ? `The token ${identity.read}` : identity.read;
  return { words: `${subject} may not see everything: ${named.join(" ")}${more} \`./jarvis proxmox setup\` prints the whole role.`, over: OVER };
};
