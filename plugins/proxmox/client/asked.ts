// What a call was, for the words of its failure: so that every message can say what, where and as whom. Holds no behaviour but its spelling.
import { nodeOf } from "./path.ts";

export interface Asked {
  /** `https://192.168.1.50:8006` */
  readonly origin: string;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** `user@realm!token` or `user@realm`. */
  readonly who: string;
  /** How it signs in, as plugins.proxmox names it. */
  readonly by: "token" | "actToken" | "password";
}

/** `GET /cluster/resources` */
export const callOf = ({ method, path }: Pick<Asked, "method" | "path">): string => `${method} ${path.split("?")[0]}`;

/** The guest a path leads to. */
export const guestOf = (path: string): { node: string; vmid: string } | undefined => {
  const [, vmid] = /^\/nodes\/[^/]+\/(?:qemu|lxc)\/(\d+)/.exec(path) ?? [];
  const node = nodeOf(path);
  return vmid === undefined || node === undefined ? undefined : { node, vmid };
};

export const isTask = (path: string): boolean => /^\/nodes\/[^/]+\/tasks\/UPID/i.test(path);
