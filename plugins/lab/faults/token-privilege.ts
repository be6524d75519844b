// token-privilege-missing: one of Jarvis's tokens loses privileges while it stays valid: what they were for is left out of lists or refused with 403.
import type { World } from "../world/state.ts";
import type { Fault } from "./fault.ts";
import { all, level, swap } from "./level.ts";
import { nearest } from "./nearest.ts";
import { refusedWord } from "./takes.ts";

const TOKENS: Readonly<Record<string, string>> = { "token/read": "jarvis@pve!observe", "token/act": "jarvis@pve!operate" };
const DEFAULT = "Sys.Syslog";

export const tokenPrivilegeMissing = (world: World): Fault =>
  level({
    name: "token-privilege-missing",
    targetKind: "token",
    what: "one of Jarvis's API tokens loses privileges and stays valid (privilege=Sys.Syslog, or several with commas)",
    targets: () => Object.keys(TOKENS),
    apply(target, args) {
      const { grants, roles } = world.accounts;
      const lost = (args.privilege ?? DEFAULT).split(",").map((word) => word.trim());
      const known = new Set(Object.values(roles).flat());
      const strange = lost.find((word) => !known.has(word));
      const near = strange === undefined ? undefined : nearest(strange, [...known]);
      if (strange !== undefined) throw refusedWord(`there is no privilege '${strange}' in this Proxmox VE${near === undefined ? "" : `; nearest: ${near}`}`);
      const mine = grants.filter((grant) => grant.ugid === TOKENS[target]);
      const lesser = new Map([...new Set(mine.map((grant) => grant.role))].map((role) => [role, `${role}-${target.replace("/", "-")}-less`]));
      for (const [role, name] of lesser) roles[name] = (roles[role] ?? []).filter((privilege) => !lost.includes(privilege));
      const swaps = mine.map((grant) => swap(grant, { role: lesser.get(grant.role) ?? grant.role }));
      return all(
        () => {
          for (const name of lesser.values()) delete roles[name];
        },
        ...swaps,
      );
    },
  });
