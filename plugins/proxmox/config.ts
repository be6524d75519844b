// What the owner writes under `plugins: proxmox:`. Refuses plain http beyond loopback, malformed tokens and a count of fingerprints that fits no endpoint.
import { z } from "jarvis";

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);
const TOKEN = /^[^\s@!:=]+@[A-Za-z][A-Za-z0-9.\-_]*![A-Za-z][A-Za-z0-9.\-_]*=[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;
const FINGERPRINT = /^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){31}$/;
const MAX_ENDPOINTS = 32;

const Token = z.string().regex(TOKEN, "expected an API token, user@realm!name=UUID (Datacenter > Permissions > API Tokens)").meta({ secret: true });

const safeScheme = (text: string): boolean => {
  const url = URL.parse(text);
  if (!url) return false;
  return url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.has(url.hostname));
};

const Endpoint = z
  .string()
  .max(300)
  .refine(safeScheme, "expected a URL such as https://192.168.1.50:8006 (http only to loopback)")
  .transform((text) => new URL(text).origin)
  .describe("Where a node's API listens");

export const Config = z
  .strictObject({
    endpoints: z.array(Endpoint).min(1).max(MAX_ENDPOINTS).describe("One or more nodes of the same cluster; the next is asked when one does not answer"),
    token: Token.optional().describe("Reads only (role PVEAuditor plus Sys.Syslog)"),
    actToken: Token.optional().describe("Starts and stops guests (VM.PowerMgmt); without it Jarvis only looks"),
    fingerprints: z.array(z.string().regex(FINGERPRINT, "expected a SHA-256 fingerprint, 32 hex pairs with colons")).max(MAX_ENDPOINTS).optional(),
    ca: z.string().max(20_000).optional().describe("Path of the cluster's CA (/etc/pve/pve-root-ca.pem), or its PEM text"),
    user: z.string().max(200).optional(),
    password: z.string().max(500).meta({ secret: true }).optional(),
  })
  .superRefine((config, check) => {
    if (config.token === undefined) {
      const login = config.user !== undefined || config.password !== undefined;
      const message = login
        ? "user and password cannot sign in here: make an API token (Datacenter > Permissions > API Tokens) and set `token: user@realm!name=UUID`"
        : "a read token is needed: `token: user@realm!name=UUID`";
      check.addIssue({ code: "custom", path: ["token"], message });
    }
    const count = config.fingerprints?.length ?? 0;
    if (count > 1 && count !== config.endpoints.length)
      check.addIssue({
        code: "custom",
        path: ["fingerprints"],
        message: `expected one fingerprint for each of the ${config.endpoints.length} endpoints, in their order, or a single one`,
      });
    if (count > 0 && config.ca !== undefined) check.addIssue({ code: "custom", path: ["ca"], message: "give either fingerprints or a ca, not both" });
  });
export type Config = z.output<typeof Config>;
