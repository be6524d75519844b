// The console of a guest or a node, as a person may open it. What opens it is loaded with the first.
import type { Console } from "jarvis";
import type { Client } from "../client/client.ts";
import type { Config } from "../config.ts";

export const shell: Console<Config, Client> = {
  title: "Open console",
  about:
    "A terminal in a container, on a VM's serial line or on a node. It needs VM.Console on the guest or Sys.Console on the node for the act token. A node shows its login, unless Jarvis signs in as root@pam. Before Proxmox VE 9 no token opens one: Jarvis has to sign in as a user.",
  kinds: ["guest", "node"],
  preflight: async (ctx, resource) => (await import("./look.ts")).lookFor(ctx, resource),
  attach: async (ctx, about, line) => (await import("./attach.ts")).attach(ctx, about, line),
};
