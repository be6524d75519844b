// Opens listeners on loopback: the control API's port and those that follow it, or free ones for all when it is 0. A taken port is named.

/** What https, net and SSH servers have in common. */
export interface Listenable {
  listen(port: number, host: string, done: () => void): unknown;
  once(event: "error", take: (error: NodeJS.ErrnoException) => void): unknown;
  removeListener(event: "error", take: (error: NodeJS.ErrnoException) => void): unknown;
  address(): string | { port: number } | null;
}

export const LOOPBACK = "127.0.0.1";
const MAX_PORT = 65_535;

export function portTaken(port: number): Error {
  return new Error(`port ${port} is taken on ${LOOPBACK}; choose another with --port, or --port 0 for free ones`);
}

/** Listens and answers the port. */
export function listen(server: Listenable, port: number): Promise<number> {
  if (port > MAX_PORT) return Promise.reject(new RangeError(`there is no port ${port}`));
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => reject(error.code === "EADDRINUSE" ? portTaken(port) : error);
    server.once("error", onError);
    server.listen(port, LOOPBACK, () => {
      server.removeListener("error", onError);
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });
}
