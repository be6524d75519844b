// Secrets with known values go through a whole house, told and echoed from every side; afterwards no sink has one of them: log, databases, frames, answers, metrics.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type House, startHouse } from "../support/living-house.ts";
import { until } from "../support/until.ts";
import { bySession, bySocket, byToken, cli, type Rpc, type Session, signIn } from "./doors.ts";

const PATIENCE = { withinMs: 60_000 };
const ADMIN = "jrv-canary-admin-5d1f0c9a7e3b4d62";
/** Where the owner and the simulated cluster keep them on purpose. */
const KEPT_ON_PURPOSE = ["jarvis.yaml", "cli.token", "lab.json", "secrets.json", "world.json"];
/** Bounded, and text: what a name or a note may look like at its worst. */
const HOSTILE = `<img src=x onerror="window.pwned=1">\u001b[31mred\u001b[0m\nsecond line\u202egnp\u0007</script>`;

let world = "";
let house: House;
let session: Session;
const canaries: Record<string, string> = {};
/** Everything that came back over the wire, in order. */
const heard: string[] = [];

const secretOf = (token: string): string => token.slice(token.lastIndexOf("=") + 1);
const encodings = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString("base64").replace(/=+$/, ""),
  Buffer.from(secret).toString("hex"),
];

const WORLD = {
  nodes: [{ name: "pve", address: "192.168.1.74", cpus: 6, memoryGiB: 31 }],
  storages: [{ name: "local-lvm", type: "lvmthin", content: "images,rootdir", totalGiB: 400, usedGiB: 100 }],
  guests: [
    { vmid: 100, name: "mgmt", kind: "qemu", node: "pve", address: "192.168.1.65", backupHours: 4 },
    { vmid: 101, name: "nextcloud", kind: "qemu", node: "pve", address: "192.168.1.70", backupHours: 4, description: HOSTILE.repeat(400) },
    { vmid: 102, name: "postgres", kind: "lxc", node: "pve", address: "192.168.1.71", backupHours: 4 },
    { vmid: 103, name: "adguard", kind: "lxc", node: "pve", address: "192.168.1.72", backupHours: 4 },
    { vmid: 104, name: "immich", kind: "qemu", node: "pve", address: "192.168.1.73", backupHours: 4 },
    { vmid: 105, name: "jellyfin", kind: "lxc", node: "pve", address: "192.168.1.75", backupHours: 4 },
  ],
};

beforeAll(async () => {
  world = mkdtempSync(join(tmpdir(), "jc-"));
  writeFileSync(join(world, "world.json"), JSON.stringify(WORLD));
  house = await startHouse({
    speed: 20,
    labArgs: ["--world", join(world, "world.json")],
    config: (text) => text.replace(/open: true.*/, "open: false"),
    env: { JARVIS_ADMIN_TOKEN: ADMIN },
  });
  const signed = await signIn(house.url, (await house.rpc("login.code")).code);
  if (!signed.session) throw new Error(signed.text);
  session = signed.session;
  const { tokens } = house.lab.line.pve;
  Object.assign(canaries, {
    "PVE read token": secretOf(tokens.read),
    "PVE act token": secretOf(tokens.act),
    "admin token": ADMIN,
    "CLI token": readFileSync(join(house.folder, "cli.token"), "utf8").trim(),
    "session key": session.key,
    "session cookie": session.cookie.slice(session.cookie.indexOf("=") + 1),
  });
  await until(async () => (await house.rpc("state.get")).resources.filter(({ kind, status }) => kind === "guest" && status === "up").length >= 6, {
    ...PATIENCE,
    what: "the guests to be seen",
  });
}, 90_000);
afterAll(async () => {
  await house?.stop();
  rmSync(world, { recursive: true, force: true });
});

/** The first sinks that have one of the secrets, with a piece of what stands around it. */
const found = (sink: string, text: string): string[] =>
  Object.entries(canaries).flatMap(([name, secret]) =>
    encodings(secret).flatMap((written) => {
      const at = text.indexOf(written);
      return at < 0 ? [] : [`${name} in ${sink}: ...${text.slice(Math.max(0, at - 120), at)}<here>`];
    }),
  );

const listen =
  (rpc: Rpc): Rpc =>
  async (method, params) => {
    const answer = await rpc(method, params);
    heard.push(JSON.stringify(answer));
    return answer;
  };

const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !KEPT_ON_PURPOSE.includes(entry.name) && !entry.name.endsWith(".pem") && !entry.name.endsWith("lab.err"))
    .map((entry) => join(entry.parentPath, entry.name));

/** Says the secrets wherever words are taken: notes, arguments, reasons, words of a no, sentences, unknown names. */
const sayThemEverywhere = async (rpc: Rpc): Promise<void> => {
  const { "PVE act token": act = "", "PVE read token": read = "" } = canaries;
  for (const secret of [act, read, ADMIN]) {
    await rpc("chat.send", { text: `my token is ${secret}, what is wrong?` });
    await rpc("chat.send", { text: `status of ${secret}` });
    await rpc("tools.call", { name: "proxmox_guest_start", arguments: { guest: secret } });
    await rpc("tools.call", { name: "proxmox_guest_start", arguments: { guest: secret }, dryRun: true });
    await rpc("tools.call", { name: "docker_container_restart", arguments: { container: secret } });
    await rpc("tools.call", { name: "proxmox_guest_get", arguments: { guest: secret } });
    await rpc("tools.call", { name: "proxmox_task_log", arguments: { upid: `UPID:pve:0:0:0:x:${secret}:root@pam:` } });
    await rpc("kill", { level: "pause", reason: `because ${secret} leaked` });
    await rpc("release");
    await rpc("tools.call", { name: secret, arguments: {} });
    await rpc(secret.slice(0, 90));
    await rpc("incidents.get", { id: secret });
    await rpc("calls.get", { callId: secret });
    await rpc("state.get", { path: `guest/${secret}` });
    await rpc("asks.decide", { id: secret, decision: "reject", words: secret });
  }
};

const describeGuest = (vmid: number, kind: "qemu" | "lxc", description: string) =>
  house.lab.post("/as", { user: "root@pam", method: "PUT", path: `/nodes/pve/${kind}/${vmid}/config`, params: { description } });

test("a house that saw every secret told and echoed has none of them in any sink", async () => {
  const { "PVE act token": act = "", "PVE read token": read = "" } = canaries;
  const rpc = listen(bySession(house.url, session));
  const { rpc: onSocket, client } = await bySocket(house.url, { token: ADMIN });
  const subscribed = await onSocket("channels.subscribe", { channel: "**" });
  expect(subscribed.error).toBeUndefined();

  // The cluster itself says the secrets back: in notes that the scene keeps, and in a guest's tags.
  await describeGuest(104, "qemu", `note of the owner: ${act} and PVEAPIToken=jarvis@pve!operate=${act}`);
  await describeGuest(102, "lxc", `password: ${read}`);
  await house.lab.post("/as", { user: "root@pam", method: "PUT", path: "/nodes/pve/lxc/105/config", params: { tags: `web;${read}` } });
  await house.lab.break("guest-crash", "guest/104");
  await sayThemEverywhere(rpc);
  await sayThemEverywhere(listen(onSocket));
  await until(async () => (await house.rpc("incidents.list")).incidents.find(({ resource }) => resource === "guest/104")?.status === "resolved", {
    ...PATIENCE,
    what: "the incident to be resolved",
  });
  // The far side ends a credential and answers garbage: errors are worded from what it said.
  await house.lab.break("api-garbage");
  await until(async () => (await house.rpc("state.get")).resources.some(({ stale }) => stale), { ...PATIENCE, what: "stale marks" });
  await house.lab.heal();

  const { incidents } = await house.rpc("incidents.list");
  for (const { id } of incidents) await rpc("incidents.get", { id });
  for (const method of ["state.get", "feed.list", "incidents.list", "asks.list", "plugins.list", "widgets.list", "channels.list", "autonomy.get", "tools.list", "tokens.list"])
    await rpc(method);
  await rpc("journal.list", { effects: "all", limit: 1000 });
  await rpc("chat.send", { text: "what did you do today?" });
  await rpc("chat.send", { text: "why did immich stop?" });
  await byToken(house.url, `${ADMIN}-wrong`)("state.get");
  const bearer = { authorization: `Bearer ${ADMIN}` };
  for (const path of ["/metrics", "/api/openapi.json", "/api/asyncapi.json", "/readyz", "/", `/?token=${act}`])
    heard.push(await (await fetch(`${house.url}${path}`, { headers: bearer })).text());
  const printed = await Promise.all([
    cli(house.folder, ["status"]),
    cli(house.folder, ["rpc", "journal.list", "{}"]),
    cli(house.folder, ["token", "list"]),
    cli(house.folder, ["chat", `my token is ${act}`]),
    cli(house.folder, ["call", "proxmox_guest_start", JSON.stringify({ guest: act })]),
  ]);
  heard.push(...printed.map(({ out, err }) => out + err), ...client.messages.map((message) => JSON.stringify(message)));
  client.close();

  // The search finds what is there: in the owner's own file they all stand.
  expect(found("jarvis.yaml", readFileSync(house.lab.line.config, "latin1")).length).toBeGreaterThan(1);
  const sinks = (): string[] => [
    ...heard.flatMap((text, index) => found(`what was heard (${index}, ${text.slice(0, 80)})`, text)),
    ...filesUnder(house.folder).flatMap((file) => found(file.slice(house.folder.length), readFileSync(file, "latin1"))),
  ];
  expect(sinks()).toEqual([]);
  // Once more when everything is flushed, checkpointed and closed.
  await house.stopCore();
  expect(sinks()).toEqual([]);
  await house.startCore();
  canaries["CLI token, second"] = readFileSync(join(house.folder, "cli.token"), "utf8").trim();
  expect(sinks()).toEqual([]);
}, 180_000);

test("a hostile note arrives bounded, without a control character, and the house goes on", async () => {
  await until(async () => (await house.rpc("state.get")).resources.some(({ id, status, stale }) => id === "guest/101" && status === "up" && !stale), {
    ...PATIENCE,
    what: "guest/101",
  });
  await house.lab.break("guest-crash", "guest/101");
  const incident = await until(async () => (await house.rpc("incidents.list")).incidents.find(({ resource }) => resource === "guest/101"), { ...PATIENCE, what: "its incident" });
  const { scene, timeline } = await until(
    async () => {
      const detail = await house.rpc("incidents.get", { id: incident.id });
      return Object.keys(detail.scene).length > 0 ? detail : undefined;
    },
    { ...PATIENCE, what: "its scene" },
  );
  expect(JSON.stringify(scene)).toContain("onerror");
  for (const text of Object.values(scene)) {
    expect(text.length).toBeLessThanOrEqual(65_536);
    expect(text).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cf}]/u);
  }
  expect(JSON.stringify(timeline)).not.toContain("\\u001b");
  expect(house.errors()).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cf}]/u);
}, 120_000);
