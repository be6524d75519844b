// 401 and 403: who was refused, for what, and what the owner does about it. The credential (401) and its rights (403) are two states and never mixed. Decides only.
import { type FetchAnswer, JarvisError } from "jarvis";
import { grantCommand } from "../setup/commands.ts";
import { type Asked, callOf } from "./asked.ts";

const WHERE = "Datacenter > Permissions > API Tokens";

/** Texts of servers before 9.1.5, which still say why; later ones say the same for all. */
const WHY: readonly { text: RegExp; why: string; words: string }[] = [
  { text: /access expired/i, why: "expired", words: "it has expired" },
  { text: /is disabled/i, why: "disabled", words: "its user is disabled" },
  { text: /no such token/i, why: "revoked", words: "there is no such token (any more)" },
  { text: /no such user/i, why: "no-user", words: "there is no such user" },
  { text: /invalid token value/i, why: "secret", words: "its secret is another one" },
];

const tokenWords = (who: string, by: string, said: string): { message: string; why: string } => {
  const known = WHY.find(({ text }) => text.test(said));
  const reason = known ? `${known.words} (${said})` : `it is expired, revoked or mistyped, or its user is disabled; Proxmox says only "${said}"`;
  return {
    why: known?.why ?? "unknown",
    message: `Proxmox refused the token ${who}: ${reason}. Look at it under ${WHERE}, make a new one if need be and set plugins.proxmox.${by}.`,
  };
};

const refused = (answer: FetchAnswer, said: string, { who, by }: Asked): JarvisError => {
  const { why, message } =
    by === "password"
      ? { why: "password", message: `Proxmox refused the login of ${who} (${said}). Correct user, password or totp in plugins.proxmox.` }
      : tokenWords(who, by, said);
  return new JarvisError("upstream_auth", { message, data: { reason: "auth", why, upstreamStatus: answer.status, who } });
};

/** Of a token of ours, as it was set up. */
const grantWords = ({ who, by }: Asked, where: string, privilege: string): string => {
  const [user, token] = who.split("!");
  const [wanted] = privilege.split("|");
  if (user === undefined || token === undefined || wanted === undefined) return "";
  const need = { role: by === "actToken" ? ("act" as const) : ("read" as const), path: `/${where.split("/")[1] ?? ""}` };
  return ` Grant it as root on a node: ${grantCommand({ need, privilege: wanted, user, token })}`;
};

/** `Permission check failed (/vms/100, VM.PowerMgmt)`; several privileges are joined by `|`. */
const denied = (answer: FetchAnswer, said: string, asked: Asked): JarvisError => {
  const [, where = "", privilege = ""] = /\((\/[^,()]*), ([^()]+)\)/.exec(said) ?? [];
  const data = { reason: "denied", upstreamStatus: answer.status, definitive: true, who: asked.who };
  if (/!= root@pam/.test(said))
    return new JarvisError("upstream_denied", { message: `Proxmox lets only root@pam do ${callOf(asked)}; ${asked.who} is not that, and should not be.`, data });
  if (where === "") return new JarvisError("upstream_denied", { message: `Proxmox says no to ${asked.who} at ${callOf(asked)}: ${said}.`, data });
  const subject = asked.who.includes("!") ? `the token ${asked.who}` : asked.who;
  const message = `Proxmox says no: ${subject} lacks ${privilege.replaceAll("|", " or ")} on ${where} for ${callOf(asked)}. \`./jarvis proxmox setup\` prints the roles.${grantWords(asked, where, privilege)}`;
  return new JarvisError("upstream_denied", { message, data: { ...data, privilege, path: where } });
};

export const authFailure = (answer: FetchAnswer, said: string, asked: Asked): JarvisError => (answer.status === 401 ? refused(answer, said, asked) : denied(answer, said, asked));
