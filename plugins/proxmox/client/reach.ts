// An endpoint that could not be spoken to: its name, its door, its certificate or its patience. Adds to the host's words where to look and what to do; decides only.
import { JarvisError, z } from "jarvis";
import { type Asked, callOf } from "./asked.ts";
import type { Standing } from "./endpoints.ts";

const Certificates = z.object({ seen: z.string().optional(), pinned: z.string().optional() });

/** The system's own word for it, such as ENOTFOUND. */
const codeOf = (error: JarvisError): string => {
  const cause = error.details.cause;
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "";
};

export const NODE_FINGERPRINT = "openssl x509 -noout -fingerprint -sha256 -in /etc/pve/local/pve-ssl.pem";

const certificateWords = (error: JarvisError, origin: string): string => {
  const { seen, pinned } = Certificates.safeParse(error.details.data).data ?? {};
  if (seen === undefined || pinned === undefined)
    return `${error.message} See it with \`./jarvis proxmox setup ${origin}\`, compare it on the node, and put it into plugins.proxmox.fingerprints.`;
  return (
    `${origin} shows another certificate than the pinned one. Nothing was sent: somebody may stand in between. If you or ACME renewed it, compare on the node ` +
    `(\`${NODE_FINGERPRINT}\`, or pveproxy-ssl.pem) and set plugins.proxmox.fingerprints. It shows ${seen}, pinned is ${pinned}.`
  );
};

const refusedWords = (error: JarvisError, origin: string): { words: string; reason: string } => {
  const code = codeOf(error);
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return { reason: "name", words: `${origin}: that name does not resolve. Correct plugins.proxmox.endpoints or your DNS; an IP address needs none.` };
  if (code === "ECONNREFUSED")
    return {
      reason: "endpoint-unreachable",
      words: `Nothing listens at ${origin} (connection refused): is pveproxy running there, and is 8006 the port in plugins.proxmox.endpoints?`,
    };
  if (code === "EHOSTUNREACH" || code === "ENETUNREACH") return { reason: "endpoint-unreachable", words: `There is no route to ${origin}: is that node off, or its network?` };
  return { reason: "endpoint-unreachable", words: error.message };
};

/** What was thrown, in words of this plugin; what has its reason already stays as it is. `data.sent` stays: only when false is it certain that nothing arrived. */
export const unreached = (thrown: unknown, asked: Asked): JarvisError => {
  if (!(thrown instanceof JarvisError)) return new JarvisError("upstream_timeout", { message: `${callOf(asked)} was given up before an answer came.`, cause: thrown });
  if (thrown.details.data?.reason !== undefined) return thrown;
  const tell = (message: string, reason: string): JarvisError =>
    new JarvisError(thrown.type, { message, cause: thrown, data: { ...thrown.details.data, reason, endpoint: asked.origin } });
  if (thrown.type === "upstream_tls") return tell(certificateWords(thrown, asked.origin), "tls");
  if (thrown.type === "upstream_refused") {
    const { words, reason } = refusedWords(thrown, asked.origin);
    return tell(words, reason);
  }
  if (thrown.type === "upstream_timeout") return tell(`${asked.origin} took the connection but did not answer ${callOf(asked)}: ${thrown.message}`, "timeout");
  if (thrown.type === "upstream_garbage") return tell(`${thrown.message} Is ${asked.origin} the API of a Proxmox VE node (https, port 8006)?`, "not-proxmox");
  return thrown;
};

/** Nothing of the request can have arrived: it may be said to another endpoint. */
export const isUnsent = (error: JarvisError): boolean => error.details.data?.sent === false;

/** What a failure says of the endpoint itself; undefined when the endpoint is well and only the call failed. */
export const standingOf = (error: JarvisError): Standing | undefined => {
  const { reason, node } = error.details.data ?? {};
  if (reason === "no-files") return node === undefined ? "broken" : undefined;
  if (reason === "node-unreachable" || reason === "node-timeout" || reason === "node-broke") return undefined;
  if (error.type === "upstream_refused") return "unreachable";
  if (error.type === "upstream_timeout") return reason === "proxy" ? "broken" : "slow";
  if (error.type === "upstream_tls") return "tls";
  return error.type === "upstream_garbage" ? "broken" : undefined;
};
