// Makes "jarvis" mean the contract for every folder a plugin may lie in: the package's own export reaches only files inside the package.
import * as contract from "../contract/index.ts";

let installed = false;

/** Once per process; the very objects of core/contract, so that errors and schemas are recognised. */
export const installJarvisModule = (): void => {
  if (installed) return;
  installed = true;
  Bun.plugin({ name: "jarvis", setup: (build) => void build.module("jarvis", () => ({ exports: { ...contract }, loader: "object" })) });
};
