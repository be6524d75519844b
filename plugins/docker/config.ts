// The docker plugin's section of jarvis.yaml: which engines there are and how each is reached. It refuses ssh (not there yet) and plain http beyond loopback, in words.
import { z } from "jarvis";

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const MAX_HOSTS = 20;

const pem = z.string().max(65_536).describe("PEM text, or the path of a PEM file");

/** `tcp://` is Docker's own word for http or https, by whether TLS material is given. */
const url = z
  .string()
  .max(300)
  .regex(/^(https?|tcp):\/\/[^/\s]+\/?$/, "is http(s)://HOST:PORT or tcp://HOST:PORT, without a path");

const on = z
  .string()
  .max(100)
  .regex(/^(guest\/\d+|node\/[a-z0-9][a-z0-9.-]*|self)$/, "is guest/NUMBER, node/NAME in lower case, or self")
  .optional()
  .describe("what it runs on, where its address does not tell: guest/101, node/pve, or self (where Jarvis runs)");

const Remote = z.strictObject({ url, ca: pem.optional(), cert: pem.optional(), key: pem.optional(), fingerprint: z.string().max(120).optional(), on });

export const isPlain = (remote: z.output<typeof Remote>): boolean =>
  remote.url.startsWith("http:") || (remote.url.startsWith("tcp:") && remote.ca === undefined && remote.cert === undefined && remote.fingerprint === undefined);

const Host = z
  .union([z.strictObject({ socket: z.string().max(108).regex(/^\//, "is the absolute path of a unix socket"), on }), Remote, z.strictObject({ ssh: z.string().max(100), on })])
  .superRefine((host, issues) => {
    if ("ssh" in host)
      issues.addIssue({
        code: "custom",
        path: ["ssh"],
        message: "reaching Docker over ssh is not there yet; what works: {socket: /var/run/docker.sock}, or {url: https://HOST:2376, ca, cert, key}",
      });
    if ("url" in host && isPlain(host) && !LOOPBACK.test(new URL(host.url.replace(/^tcp:/, "http:")).hostname))
      issues.addIssue({ code: "custom", path: ["url"], message: "plain http gives root to everybody on the way; use https with ca, cert and key (http is for loopback only)" });
    if ("url" in host && (host.cert === undefined) !== (host.key === undefined)) issues.addIssue({ code: "custom", path: ["cert"], message: "cert and key come together" });
  });
export type HostConfig = z.output<typeof Host>;

const hostName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,39}$/, "is lower case letters, digits, dot, dash: it becomes part of container/NAME/...");

export const Config = z.strictObject({
  hosts: z
    .record(hostName, Host)
    .refine((hosts) => Object.keys(hosts).length > 0 && Object.keys(hosts).length <= MAX_HOSTS, `expected 1 to ${MAX_HOSTS} hosts, such as {mgmt: {socket: /var/run/docker.sock}}`)
    .describe("the Docker engines by a name of your own, such as {mgmt: {socket: /var/run/docker.sock}}"),
});
export type Config = z.output<typeof Config>;
