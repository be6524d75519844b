// What the owner writes under `plugins: proxmox:`. Refuses plain http beyond loopback, malformed tokens and a count of fingerprints that fits no endpoint.
import { z } from "jarvis";
import { isTotpSecret } from "./client/totp.ts";

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);
const TOKEN = /^[^\s@!:=]+@[A-Za-z][A-Za-z0-9.\-_]*![A-Za-z][A-Za-z0-9.\-_]*=[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;
const FINGERPRINT = /^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){31}$/;
const USER = /^[^\s:/@]+(@[A-Za-z][A-Za-z0-9.\-_]*)?$/;
const REALM = /^[A-Za-z][A-Za-z0-9.\-_]*$/;
const MAX_ENDPOINTS = 128;

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

const PBS_TOKEN = /^[^\s@!:=]+@[A-Za-z][A-Za-z0-9.\-_]*![A-Za-z][A-Za-z0-9.\-_]*[:=][0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;

const BackupServer = z
  .strictObject({
    url: Endpoint.describe("Where the backup server's API listens, such as https://192.168.1.99:8007"),
    token: z.string().regex(PBS_TOKEN, "expected an API token, user@realm!name:UUID, with Datastore.Audit on /datastore and Sys.Audit on /system").meta({ secret: true }),
    fingerprint: z.string().regex(FINGERPRINT, "expected a SHA-256 fingerprint, 32 hex pairs with colons").optional(),
    ca: z.string().max(20_000).optional().describe("Path of its CA, or its PEM text"),
  })
  .refine(({ fingerprint, ca }) => fingerprint === undefined || ca === undefined, "give either a fingerprint or a ca, not both");

const Backups = z.strictObject({
  maxAgeHours: z.number().min(1).max(8784).default(26).describe("How old a guest's newest backup may be; a job that runs seldomer allows more by its schedule"),
  excludeTags: z.array(z.string().min(1).max(100)).max(20).default(["no-backup", "nobackup"]).describe("Guests with one of these tags need no backup"),
});

const Push = z.strictObject({
  token: z
    .string()
    .min(16, "expected a secret of at least 16 characters, such as `openssl rand -hex 24` prints")
    .max(200)
    .regex(/^[\x21-\x7e]+$/, "expected a secret without spaces")
    .meta({ secret: true })
    .describe("What the nodes show when they push: the metric server's token in Proxmox"),
});

type Credentials = Readonly<Partial<Record<"token" | "actToken" | "user" | "password" | "realm" | "totp", string | undefined>>>;

/** One way to sign in, whole: tokens, or a user with a password. */
const credentialIssues = ({ token, user, password, realm, totp }: Credentials): [key: string, message: string][] => {
  const login = user !== undefined || password !== undefined;
  if (token === undefined && !login)
    return [["token", "a read token is needed: `token: user@realm!name=UUID` (`./jarvis proxmox setup` prints how to make one), or user and password"]];
  if (token !== undefined && login) return [["user", "give either tokens or user and password, not both"]];
  if (login && user === undefined) return [["user", "a password needs its user, such as root@pam"]];
  if (login && password === undefined) return [["password", `the user ${user} needs its password`]];
  if (!login && totp !== undefined) return [["totp", "a second factor belongs to user and password; tokens have none"]];
  if (realm !== undefined && user?.includes("@") !== false) return [["realm", "a realm belongs to a user written without one"]];
  return [];
};

export const Config = z
  .strictObject({
    endpoints: z.array(Endpoint).min(1).max(MAX_ENDPOINTS).describe("One or more nodes of the same cluster; the next is asked when one does not answer"),
    token: Token.optional().describe("Reads only (role PVEAuditor plus Sys.Syslog)"),
    actToken: Token.optional().describe("Starts and stops guests (VM.PowerMgmt); without it Jarvis only looks"),
    fingerprints: z.array(z.string().regex(FINGERPRINT, "expected a SHA-256 fingerprint, 32 hex pairs with colons")).max(MAX_ENDPOINTS).optional(),
    ca: z.string().max(20_000).optional().describe("Path of the cluster's CA (/etc/pve/pve-root-ca.pem), or its PEM text"),
    user: z
      .string()
      .regex(USER, "expected a user, user@realm (root@pam) or user with a realm beside it")
      .max(64)
      .optional()
      .describe("Instead of tokens: a login. A token of its own is better: it can do less, and its acts are told apart from a person's"),
    password: z.string().min(1).max(500).meta({ secret: true }).optional(),
    realm: z.string().regex(REALM, "expected a realm such as pam or pve").max(32).optional().describe("Of a user written without one; pam unless said"),
    totp: z
      .string()
      .max(300)
      .refine(isTotpSecret, "expected the second factor's secret: base32 of 16 letters or more, or its otpauth:// address")
      .meta({ secret: true })
      .optional()
      .describe("The secret of the login's second factor, as it was shown when it was set up"),
    backups: Backups.prefault({}),
    push: Push.nullish().describe("The nodes may push their figures here (Datacenter > Metric Server); they are shown sooner than by asking"),
    pbs: BackupServer.nullish().describe("A Proxmox Backup Server: its datastores, verification, garbage collection and tasks; reads only"),
  })
  .superRefine((config, check) => {
    for (const [key, message] of credentialIssues(config)) check.addIssue({ code: "custom", path: [key], message });
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
