// How a call fails: a status, the reason of the status line, and errors by parameter (proxmox's error model).

export interface Failure extends Error {
  status: number;
  errors?: Record<string, string>;
  /** The answer has no body at all: refusals of the authentication step and failed hops between nodes. */
  bare?: boolean;
}

export function failure(status: number, message: string, more: Pick<Failure, "errors" | "bare"> = {}): Failure {
  return Object.assign(new Error(message), { status, ...more });
}

export const isFailure = (error: unknown): error is Failure => error instanceof Error && "status" in error && typeof error.status === "number";

export const badParameters = (errors: Record<string, string>): Failure => failure(400, "Parameter verification failed.", { errors });
export const forbidden = (what: string): Failure => failure(403, `Permission check failed (${what})`);
export const noSuchGuest = (node: string, kind: "qemu" | "lxc", vmid: number): Failure =>
  failure(500, `Configuration file 'nodes/${node}/${kind === "qemu" ? "qemu-server" : "lxc"}/${vmid}.conf' does not exist`);
