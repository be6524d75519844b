// /version and /access: logging in, realms, and what a caller may do.

import type { Tickets } from "../front/credential.ts";
import { failure, forbidden } from "../front/failure.ts";
import { FLAG, flagOf, required, TEXT, textOf } from "../front/parameters.ts";
import { type Call, get, post, type Route } from "../front/route.ts";
import { takesCode } from "../front/second-factor.ts";
import { ownerOf } from "../world/accounts.ts";
import { capPathsOf } from "../world/roles.ts";
import type { World } from "../world/state.ts";
import { accountRoutes } from "./accounts.ts";

const TOP_PATHS = ["/", "/access", "/access/groups", "/mapping", "/nodes", "/pool", "/sdn", "/storage", "/vms"];

/** What the node itself runs: nodes differ while a cluster is being upgraded. */
export const releaseOf = (world: World, node: string) => {
  const manager = world.nodes.get(node)?.machine.manager;
  return { release: manager?.version.split(".").slice(0, 2).join(".") ?? world.dialect, version: manager?.version ?? "", repoid: manager?.repoid ?? "" };
};

function capabilities(world: World, who: string): Record<string, Record<string, number>> {
  return Object.fromEntries(
    capPathsOf(world.dialect).map(([heading, path, privileges]) => {
      const rights = world.accounts.privileges(who, path);
      return [heading, Object.fromEntries(privileges.filter((privilege) => rights.has(privilege)).map((privilege) => [privilege, 1]))];
    }),
  );
}

function login({ world, parameters }: Call, tickets: Tickets): unknown {
  const name = textOf(parameters, "username") ?? "";
  const realm = textOf(parameters, "realm");
  const userid = name.includes("@") || !realm ? name : `${name}@${realm}`;
  const password = textOf(parameters, "password") ?? "";
  const user = world.accounts.users.get(userid);
  const challenge = textOf(parameters, "tfa-challenge");
  const renews = tickets.read(password) === userid;
  const known =
    challenge === undefined ? user?.password === password || renews : user?.totp && tickets.readHalf(challenge) === userid && takesCode(user.totp, password, world.clock.now());
  if (!user?.enabled || !known) throw failure(401, "authentication failure");
  if (user.totp && challenge === undefined && !renews) return { username: userid, ticket: tickets.makeHalf(userid), NeedTFA: 1 };
  const { ticket, csrf } = tickets.make(userid);
  const cluster = world.accounts.may(userid, "/", "Sys.Audit") ? { clustername: world.cluster } : {};
  return { username: userid, ticket, CSRFPreventionToken: csrf, cap: capabilities(world, userid), ...cluster };
}

function ownPermissions({ world, who, parameters }: Call): unknown {
  const asked = textOf(parameters, "userid") ?? who;
  if (ownerOf(asked) !== ownerOf(who) && !world.accounts.may(who, "/access", "Sys.Audit")) throw forbidden("/access, Sys.Audit");
  const only = textOf(parameters, "path");
  const paths = only ? [only] : [...new Set([...TOP_PATHS, ...world.accounts.grants.map((grant) => grant.path)])];
  const tree: Record<string, Record<string, number>> = {};
  for (const path of paths.sort()) {
    const rights = world.accounts.privileges(asked, path);
    if (rights.size > 0 || only) tree[path] = Object.fromEntries([...rights].map((privilege) => [privilege, 1]));
  }
  return tree;
}

function users({ world, who, parameters }: Call): unknown {
  const all = world.accounts.may(who, "/access/groups", "Sys.Audit");
  const mine = [...world.accounts.users.values()].filter((user) => all || user.userid === ownerOf(who));
  const listed = flagOf(parameters, "enabled") ? mine.filter((user) => user.enabled) : mine;
  return listed.map((user) => ({
    userid: user.userid,
    enable: user.enabled ? 1 : 0,
    expire: 0,
    "realm-type": user.userid.split("@")[1] ?? "pam",
    ...(user.comment ? { comment: user.comment } : {}),
  }));
}

function acl({ world, who }: Call): unknown {
  if (!world.accounts.may(who, "/access", "Permissions.Modify") && !world.accounts.may(who, "/", "Sys.Audit")) return [];
  return world.accounts.grants.map((grant) => ({ path: grant.path, ugid: grant.ugid, type: grant.type, roleid: grant.role, propagate: grant.propagate ? 1 : 0 }));
}

const roles = ({ world }: Call): unknown =>
  Object.entries(world.accounts.roles).map(([roleid, privileges]) => ({ roleid, privs: privileges.join(","), special: roleid.startsWith("Jarvis") ? 0 : 1 }));

export const accessRoutes = (tickets: Tickets): Route[] => [
  get("/version", ({ world, at }) => releaseOf(world, at)),
  get(
    "/access/domains",
    () => [
      { realm: "pam", type: "pam", comment: "Linux PAM standard authentication" },
      { realm: "pve", type: "pve", comment: "Proxmox VE authentication server", default: 1 },
    ],
    { open: true },
  ),
  get("/access/ticket", () => null, { open: true }),
  post("/access/ticket", (call) => login(call, tickets), {
    open: true,
    noToken: true,
    rules: {
      username: required({ ...TEXT, maxLength: 64 }),
      password: required(TEXT),
      realm: { ...TEXT, maxLength: 32 },
      otp: TEXT,
      path: { ...TEXT, maxLength: 64 },
      privs: { ...TEXT, maxLength: 64 },
      "new-format": FLAG,
      "tfa-challenge": TEXT,
    },
  }),
  get("/access/permissions", ownPermissions, { rules: { path: TEXT, userid: TEXT } }),
  get("/access/users", users, { rules: { enabled: FLAG, full: FLAG } }),
  get("/access/acl", acl),
  get("/access/roles", roles),
  ...accountRoutes(),
];
