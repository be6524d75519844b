// What the read credential lacks, in a sentence with the fix: an answer that leaves out what it may not see is no failure, and must not pass for an empty house. Decides only.
import { grantCommand } from "../setup/commands.ts";
import type { Client } from "./client.ts";
import type { Need } from "./needs.ts";

/** What the core takes of a remark. */
const LONGEST = 600;
const OVER = "The credential I read Proxmox with holds every privilege it needs again.";

/** `Grant it as root on a node: pveum ...`; a login's role has a name of its own. */
export const granting = (who: string, need: Pick<Need, "role" | "path">, privilege: string): string => {
  const [user = who, token] = who.split("!");
  return token === undefined ? "Give its role that privilege" : `Grant it as root on a node: ${grantCommand({ need, privilege, user, token })}`;
};

/** Undefined while nothing lacks, or nothing was read of it. */
export const lackWords = ({ missing, identity }: Pick<Client, "missing" | "identity">): { words: string; over: string } | undefined => {
  const lacks = missing().filter(({ need }) => need.role === "read" && need.extra !== true);
  const [first] = lacks;
  if (first === undefined) return undefined;
  const { need, privilege, words: lack } = first;
  const how = `${lack} (${need.loses}). ${granting(identity.read, need, privilege)}`;
  const more = lacks.length > 1 ? ` And ${lacks.length - 1} more.` : "";
  const subject = identity.read.includes("!") ? `The token ${identity.read}` : identity.read;
  return { words: `${subject} may not see everything: ${how}.${more} \`./jarvis proxmox setup\` prints the whole role.`.slice(0, LONGEST), over: OVER };
};
