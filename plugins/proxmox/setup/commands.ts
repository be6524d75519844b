// The commands that make Jarvis's user, its two roles and its two tokens, each with no right that is not in the list of needs (client/needs.ts). Prints for a root shell on a node; runs nothing.
import { NEEDS, type Need } from "../client/needs.ts";
import { asOf, privilegeOf } from "../client/rights.ts";

export const READ_ROLE = "JarvisRead";
export const ACT_ROLE = "JarvisOperate";
export const DEFAULT_USER = "jarvis@pve";

/** 8: VM.Monitor, which VM.GuestAgent.* replaced, lets its holder run commands inside guests: left out of the roles there. */
const isTooMuch = (privilege: string): boolean => privilege === "VM.Monitor";

const wanted = (role: Need["role"], release: number): string[] =>
  NEEDS.filter((need) => need.role === role && need.extra === undefined)
    .map((need) => privilegeOf(need, release))
    .filter((privilege) => !isTooMuch(privilege));

const joined = (...lists: readonly string[][]): string => [...new Set(lists.flat())].sort().join(",");

/** A nearer entry replaces a farther one instead of adding to it, so the role for guests and storages holds what the reader needs there too. */
const below = (read: readonly string[]): string[] => read.filter((privilege) => /^(?:VM|Datastore|Pool|Sys)\./.test(privilege));

const aclOf = (path: string, role: string, user: string, tokens: readonly string[]): string[] => [
  `pveum acl modify ${path} --users ${user} --roles ${role}`,
  ...tokens.map((token) => `pveum acl modify ${path} --tokens '${user}!${token}' --roles ${role}`),
];

export interface Wish {
  readonly release: number;
  readonly user: string;
}

/** One shell command a line. A token has its own rights and never more than its user's, hence two entries each. */
export const setupCommands = ({ release, user }: Wish): string[] => {
  const [read, act] = [wanted("read", release), wanted("act", release)];
  return [
    `pveum user add ${user} --comment "Jarvis"`,
    `pveum role add ${READ_ROLE} --privs "${joined(read)}"`,
    `pveum role add ${ACT_ROLE} --privs "${joined(below(read), act)}"`,
    `pveum user token add ${user} observe --privsep 1`,
    `pveum user token add ${user} operate --privsep 1`,
    ...aclOf("/", READ_ROLE, user, ["observe", "operate"]),
    ...aclOf("/vms", ACT_ROLE, user, ["operate"]),
    ...aclOf("/storage", ACT_ROLE, user, ["operate"]),
  ];
};

interface Grant {
  readonly need: Pick<Need, "role" | "path">;
  readonly privilege: string;
  readonly user: string;
  /** The token's own name, without its user. */
  readonly token: string;
}

/** Into which roles a privilege goes. On /vms and /storage the user has the other role, and a token never has more than its user. */
const rolesFor = ({ role, path }: Grant["need"]): string[] => {
  if (role === "act") return [ACT_ROLE];
  return path === "/vms" || path === "/storage" ? [READ_ROLE, ACT_ROLE] : [READ_ROLE];
};

const HELD_BELOW = ["/vms", "/storage"];

/** The commands in one line that give a token of ours a privilege, on top of what set-up printed. */
export const grantCommand = ({ need, privilege, user, token }: Grant): string => {
  const elsewhere = need.role === "act" && !HELD_BELOW.includes(need.path) ? aclOf(need.path, ACT_ROLE, user, [token]) : [];
  return [...rolesFor(need).map((role) => `pveum role modify ${role} --append 1 --privs ${privilege}`), ...elsewhere].join(" ; ");
};

const TOKENS = { read: "observe", act: "operate" } as const;

/** What may be added by who wants it: the commands in one line, what it is for, and what it allows besides. */
export const extraCommands = ({ release, user }: Wish): { command: string; what: string }[] =>
  NEEDS.map((need) => asOf(need, release))
    .filter((need) => need.extra === true || isTooMuch(need.privileges[0]))
    .map((need) => {
      const [privilege] = need.privileges;
      const beware = isTooMuch(privilege) ? "on 8.x it also lets its holder run commands inside guests" : need.beware;
      return {
        command: grantCommand({ need, privilege, user, token: TOKENS[need.role] }),
        what: beware === undefined ? need.loses : `${need.loses} (${beware})`,
      };
    });
