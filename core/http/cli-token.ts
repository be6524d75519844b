// The CLI's own admin token: a row named cli, made anew at each start, its secret in a file only the owner reads.
import { chmodSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { TokenStore } from "../store/tokens.ts";

export const CLI_TOKEN_NAME = "cli";

export const writeCliToken = (tokens: TokenStore, path: string): void => {
  const old = tokens.named(CLI_TOKEN_NAME);
  if (old !== undefined) tokens.revoke(old.id);
  const { token } = tokens.create(CLI_TOKEN_NAME, "admin");
  const next = `${path}.new`;
  rmSync(next, { force: true });
  writeFileSync(next, `${token}\n`, { mode: 0o600, flag: "wx" });
  chmodSync(next, 0o600);
  renameSync(next, path);
};
