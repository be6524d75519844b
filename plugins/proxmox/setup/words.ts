// What `./jarvis proxmox setup` prints, put together from what was found out. Pure.
import { extraCommands, setupCommands, type Wish } from "./commands.ts";

/** One endpoint as it shows itself before it is trusted. */
export interface Sight {
  readonly origin: string;
  /** SHA-256, `AA:BB:...` */
  readonly fingerprint: string;
  readonly subject: string;
  readonly validTo: string;
  /** It answered the open list of realms as Proxmox does. */
  readonly isProxmox: boolean;
}

export const HELP = `usage: ./jarvis proxmox setup [https://NODE:8006 ...] [--release 8|9] [--user NAME@REALM]

Prints the commands that make Jarvis's user, roles and two tokens with the least rights (run them as root on one node), the
certificate each address shows (compare it on the node before you pin it), and the section for jarvis.yaml. With a running Jarvis
that is configured for a cluster it also shows what its tokens are granted, what is missing, and what you lose by that.`;

const indented = (lines: readonly string[]): string => lines.map((line) => `  ${line}`).join("\n");

export const commandWords = (wish: Wish): string =>
  [
    `1. As root on one node (Proxmox VE ${wish.release}.x). Each token's secret is shown once, when it is made:`,
    indented(setupCommands(wish)),
    "   VM.Console in it is for the consoles of guests that you open on the dashboard, and for nothing else: leave it out if you want none.",
    "",
    "   Only if you want it:",
    ...extraCommands(wish).map(({ command, what }) => `  # ${what}\n  ${command}`),
  ].join("\n");

const sightWords = (sight: Sight): string =>
  [
    `   ${sight.origin} shows ${sight.fingerprint}`,
    `   (for ${sight.subject || "nobody"}, until ${sight.validTo}${sight.isProxmox ? "" : "; it does NOT answer as Proxmox VE does: is that the right address and port?"})`,
  ].join("\n");

export const certificateWords = (sights: readonly Sight[], failures: readonly string[]): string =>
  [
    "2. Certificates. Compare each with what its own node says, in a console or over SSH, before you pin it:",
    "     openssl x509 -noout -fingerprint -sha256 -in /etc/pve/local/pveproxy-ssl.pem   # when that file exists, else:",
    "     openssl x509 -noout -fingerprint -sha256 -in /etc/pve/local/pve-ssl.pem",
    ...sights.map(sightWords),
    ...failures.map((failure) => `   ${failure}`),
    ...(sights.length + failures.length === 0 ? ["   Say the addresses, ./jarvis proxmox setup https://192.168.1.50:8006 ..., and I show what they show."] : []),
  ].join("\n");

/** The section as it is pasted; what was seen is filled in, the secrets are the owner's to fill in. */
export const sectionWords = (sights: readonly Sight[], user: string): string => {
  const endpoints = sights.length > 0 ? sights.map((sight) => sight.origin) : ["https://192.168.1.50:8006"];
  const pins = sights.length > 0 ? sights.map((sight) => `"${sight.fingerprint}"`) : ['"AA:BB:..."'];
  return [
    "3. In jarvis.yaml:",
    indented([
      "plugins:",
      "  proxmox:",
      `    endpoints: [${endpoints.join(", ")}]`,
      `    fingerprints: [${pins.join(", ")}]`,
      `    token: "${user}!observe=SECRET"`,
      `    actToken: "${user}!operate=SECRET"   # without it Jarvis only looks`,
      "    # push: { token: WORD }   # only if the nodes shall push their figures, which shows them sooner; see below",
    ]),
    "",
    "   Only if you want the nodes to push, as root on one of them. WORD is any secret of 16 characters or more, JARVIS where it listens (server.host and port):",
    indented([
      "pvesh create /cluster/metrics/server/jarvis --type influxdb --influxdbproto http --server JARVIS --port 5278 --api-path-prefix api/v1/ingest/proxmox --token WORD",
      "# or, from 9.1 on, as OpenTelemetry:",
      `pvesh create /cluster/metrics/server/jarvis --type opentelemetry --otel-protocol http --server JARVIS --port 5278 --otel-path /api/v1/ingest/proxmox/v1/metrics --otel-headers "$(printf '{"Authorization":"Bearer WORD"}' | base64 -w0)"`,
    ]),
  ].join("\n");
};
