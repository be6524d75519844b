// token-revoked: an API token of Jarvis is gone; calls with it are refused with 401 until healed.
import type { World } from "../world/state.ts";
import type { Fault } from "./fault.ts";

const TOKENS: Readonly<Record<string, string>> = { "token/read": "jarvis@pve!observe", "token/act": "jarvis@pve!operate" };

export function tokenRevoked(world: World): Fault {
  const set = (target: string | undefined, revoked: boolean): void => {
    for (const [name, id] of Object.entries(TOKENS)) {
      const token = world.accounts.tokens.get(id);
      if (token && (target === undefined || target === name)) token.revoked = revoked;
    }
  };
  return {
    name: "token-revoked",
    targetKind: "token",
    what: "one of Jarvis's API tokens is revoked: every call with it answers 401",
    targets: () => Object.keys(TOKENS),
    break: (target) => set(target, true),
    heal: (target) => set(target, false),
  };
}
