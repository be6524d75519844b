// /access for its administrator: access lists, roles, tokens, users, second factors. What changes here is felt by the very next call.
import { randomUUID } from "node:crypto";
import { badParameters, failure } from "../front/failure.ts";
import { COUNT, FLAG, flagOf, numberOf, oneOf, required, TEXT, textOf } from "../front/parameters.ts";
import { type Call, get, needs, post, put, type Route, remove } from "../front/route.ts";
import { ownerOf, type Token, type User } from "../world/accounts.ts";

const list = (call: Call, name: string): string[] => (textOf(call.parameters, name) ?? "").split(/[,; ]+/).filter(Boolean);

function changeAcl(call: Call): null {
  const { grants, roles, users, tokens } = call.world.accounts;
  const path = textOf(call.parameters, "path") ?? "/";
  const subjects = [...list(call, "users"), ...list(call, "tokens")];
  if (subjects.length === 0) throw badParameters({ path: "either 'users', 'groups' or 'tokens' is required." });
  const unknownRole = list(call, "roles").find((role) => roles[role] === undefined);
  if (unknownRole) throw failure(500, `role '${unknownRole}' does not exist`);
  const unknown = subjects.find((subject) => !users.has(subject) && !tokens.has(subject));
  if (unknown) throw failure(500, `${unknown.includes("!") ? "no such token" : "no such user"} ('${unknown}')`);
  for (const ugid of subjects) {
    for (const role of list(call, "roles")) {
      const at = grants.findIndex((grant) => grant.path === path && grant.ugid === ugid && grant.role === role);
      if (at >= 0) grants.splice(at, 1);
      if (flagOf(call.parameters, "delete")) continue;
      grants.push({ path, ugid, role, type: ugid.includes("!") ? "token" : "user", propagate: call.parameters.propagate !== false });
    }
  }
  return null;
}

function makeRole(call: Call): null {
  const { roles } = call.world.accounts;
  const id = textOf(call.parameters, "roleid") ?? "";
  if (roles[id]) throw failure(500, `role '${id}' already exists`);
  roles[id] = list(call, "privs");
  return null;
}

function changeRole(call: Call): null {
  const { roles } = call.world.accounts;
  const id = call.path.roleid ?? "";
  const before = roles[id];
  if (!before) throw failure(500, `role '${id}' does not exist`);
  roles[id] = flagOf(call.parameters, "append") ? [...new Set([...before, ...list(call, "privs")])] : list(call, "privs");
  return null;
}

function tokenIn(call: Call): Token {
  const id = `${call.path.userid}!${call.path.tokenid}`;
  const token = call.world.accounts.tokens.get(id);
  if (!token || token.revoked) throw failure(500, `no such token '${call.path.tokenid}' for user '${call.path.userid}'`);
  return token;
}

const infoOf = (token: Token): Record<string, unknown> => ({ privsep: token.privsep ? "1" : "0", expire: token.expire ?? 0 });

function makeToken(call: Call): unknown {
  const { users, tokens } = call.world.accounts;
  const id = `${call.path.userid}!${call.path.tokenid}`;
  if (!users.has(call.path.userid ?? "")) throw failure(500, `no such user ('${call.path.userid}')`);
  if (tokens.has(id)) throw badParameters({ tokenid: "Token already exists." });
  const token: Token = { id, secret: randomUUID(), privsep: call.parameters.privsep !== false, revoked: false, expire: numberOf(call.parameters, "expire") ?? 0 };
  tokens.set(id, token);
  return { "full-tokenid": id, info: infoOf(token), value: token.secret };
}

function changeToken(call: Call): unknown {
  const token = tokenIn(call);
  const expire = numberOf(call.parameters, "expire");
  if (expire !== undefined) token.expire = expire;
  if (call.parameters.privsep !== undefined) token.privsep = flagOf(call.parameters, "privsep");
  return infoOf(token);
}

function dropToken(call: Call): null {
  call.world.accounts.tokens.delete(tokenIn(call).id);
  return null;
}

function userIn(call: Call): User {
  const user = call.world.accounts.users.get(call.path.userid ?? "");
  if (!user) throw failure(500, `no such user ('${call.path.userid}')`);
  return user;
}

function changeUser(call: Call): null {
  const user = userIn(call);
  if (call.parameters.enable !== undefined) user.enabled = flagOf(call.parameters, "enable");
  const comment = textOf(call.parameters, "comment");
  if (comment !== undefined) user.comment = comment;
  return null;
}

function addFactor(call: Call): unknown {
  const secret = /[?&]secret=([A-Z2-7]+)/i.exec(textOf(call.parameters, "totp") ?? "")?.[1];
  if (!secret) throw badParameters({ totp: "missing or invalid 'totp' address" });
  userIn(call).totp = { secret, lastStep: 0, wrong: 0 };
  return { id: `totp:${randomUUID()}` };
}

const USER = needs("/access/groups", "User.Modify");

export const accountRoutes = (): Route[] => [
  put("/access/acl", changeAcl, {
    ...needs("/access", "Permissions.Modify"),
    rules: { path: required(TEXT), roles: required(TEXT), users: TEXT, groups: TEXT, tokens: TEXT, propagate: FLAG, delete: FLAG },
  }),
  post("/access/roles", makeRole, { ...needs("/access", "Sys.Modify"), rules: { roleid: required(TEXT), privs: TEXT } }),
  put("/access/roles/{roleid}", changeRole, { ...needs("/access", "Sys.Modify"), rules: { privs: TEXT, append: FLAG } }),
  get(
    "/access/users/{userid}/token",
    (call) =>
      [...call.world.accounts.tokens.values()]
        .filter((token) => ownerOf(token.id) === call.path.userid && !token.revoked)
        .map((token) => ({ tokenid: token.id.split("!")[1], ...infoOf(token) })),
    USER,
  ),
  post("/access/users/{userid}/token/{tokenid}", makeToken, { ...USER, rules: { comment: TEXT, expire: COUNT, privsep: FLAG } }),
  put("/access/users/{userid}/token/{tokenid}", changeToken, { ...USER, rules: { comment: TEXT, expire: COUNT, privsep: FLAG } }),
  remove("/access/users/{userid}/token/{tokenid}", dropToken, USER),
  put("/access/users/{userid}", changeUser, { ...USER, rules: { enable: FLAG, comment: TEXT } }),
  post("/access/tfa/{userid}", addFactor, {
    ...USER,
    rules: { type: required(oneOf("totp")), totp: TEXT, value: TEXT, description: { ...TEXT, maxLength: 255 }, password: TEXT },
  }),
];
