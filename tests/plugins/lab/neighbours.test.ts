// The rest of the house: SSH on every node, the backup server, mail, metric push. Each is reached as its ordinary client reaches it.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { connect as tls } from "node:tls";
import { gunzipSync } from "node:zlib";
import ssh2 from "ssh2";
import { cardIn } from "../../../plugins/lab/wake.ts";
import { until } from "../../support/until.ts";
import { type OpenLab, openLab, record, rows } from "./open-lab.ts";

let lab: OpenLab;
beforeAll(async () => {
  lab = await openLab({ speed: 60 });
});
afterAll(() => lab.close());
afterEach(() => lab.control("DELETE", "/faults", {}));

interface Ran {
  out: string;
  err: string;
  code: number;
}

function client(node: string, privateKey = readFileSync(lab.about.ssh.identityFile, "utf8"), username = "root"): Promise<ssh2.Client> {
  const at = lab.about.ssh.hosts.find((host) => host.name === node);
  return new Promise((resolve, reject) => {
    const one = new ssh2.Client();
    one.on("ready", () => resolve(one));
    one.on("error", reject);
    one.connect({ host: at?.host ?? "", port: at?.port ?? 0, username, privateKey, hostVerifier: (key: Buffer) => key.toString("base64") === at?.hostKey.split(" ")[1] });
  });
}

async function ssh(node: string, command: string): Promise<Ran> {
  const one = await client(node);
  try {
    return await new Promise((resolve, reject) => {
      one.exec(command, (error, channel) => {
        if (error) return reject(error);
        const ran: Ran = { out: "", err: "", code: -1 };
        channel.on("data", (bytes: Buffer) => {
          ran.out += bytes.toString();
        });
        channel.stderr.on("data", (bytes: Buffer) => {
          ran.err += bytes.toString();
        });
        channel.on("close", (code: number) => resolve({ ...ran, code }));
      });
    });
  } finally {
    one.end();
  }
}

const breakIt = (name: string, target?: string, args: Record<string, unknown> = {}) => lab.control("POST", "/faults", { name, ...(target ? { target } : {}), ...args });
const pbs = async (path: string, token = lab.about.pbs?.tokens.read, method = "GET") =>
  fetch(`${lab.about.pbs?.url}/api2/json${path}`, { method, headers: { authorization: `PBSAPIToken=${token}` }, tls: { rejectUnauthorized: false } });
const pbsData = async (path: string): Promise<unknown> => record(await (await pbs(path)).json()).data;

test("every node answers SSH with its own host key, and only the lab's key gets in", async () => {
  expect(lab.about.ssh.hosts.map((host) => host.name)).toEqual(lab.about.pve.nodes.map((node) => node.name));
  expect(new Set(lab.about.ssh.hosts.map((host) => host.hostKey)).size).toBe(lab.about.ssh.hosts.length);
  for (const { name } of lab.about.ssh.hosts) expect(await ssh(name, "hostname")).toEqual({ out: `${name}\n`, err: "", code: 0 });
  const stranger = ssh2.utils.generateKeyPairSync("ed25519");
  await expect(client("pve", stranger.private)).rejects.toThrow(/authentication/);
  await expect(client("pve", undefined, "olli")).rejects.toThrow(/authentication/);
});

test("the shell shows the world the API shows", async () => {
  const { out } = await ssh("pve", "qm list | grep nextcloud && pct list | grep -c running");
  expect(out).toMatch(/^\s+101 nextcloud\s+running/);
  expect((await ssh("pve", "cat /etc/pve/qemu-server/101.conf")).out).toContain("name: nextcloud");
  expect((await ssh("pve", "zpool status -x")).out).toBe("all pools are healthy\n");
  expect((await ssh("pve", "uptime")).out).toMatch(/up 4\d days, .* load average: /);
  expect(await ssh("pve", "systemctl is-active corosync; false || echo no")).toMatchObject({ out: "active\nno\n", code: 0 });
  expect(await ssh("pve", "rm -rf /")).toMatchObject({ code: 127, err: expect.stringContaining("command not found") });
  expect((await ssh("pve", "cat /etc/shadow")).code).toBe(1);
  expect((await ssh("pve", "echo `id`")).code).toBe(2);
});

test("a shell session echoes, runs and ends", async () => {
  const one = await client("agent1");
  const seen = await new Promise<string>((resolve, reject) => {
    one.shell((error, channel) => {
      if (error) return reject(error);
      let text = "";
      channel.on("data", (bytes: Buffer) => {
        text += bytes.toString();
      });
      channel.on("close", () => resolve(text));
      channel.write("whoamj\u007fi\rexit\r");
    });
  });
  one.end();
  expect(seen).toContain("root@agent1:~# ");
  expect(seen).toContain("\r\nroot\r\n");
});

test("what is broken shows over SSH, and a restart of an allowed unit mends it", async () => {
  await breakIt("pveproxy-dead", "node/agent1");
  await expect(until(() => lab.call("GET", "/version", { node: "agent1" }).then(() => undefined), { withinMs: 2_000, what: "refusal" })).rejects.toThrow();
  expect(await ssh("agent1", "systemctl is-active pveproxy")).toMatchObject({ out: "failed\n", code: 3 });
  expect((await ssh("agent1", "systemctl restart pveproxy")).code).toBe(0);
  await until(async () => (await lab.call("GET", "/version", { node: "agent1" }).catch(() => undefined))?.status === 200, { what: "the API is back" });
  expect(rows((await lab.control("GET", "/state")).body.faults)).toEqual([]);
  expect(await ssh("agent1", "systemctl restart corosync")).toMatchObject({ code: 1, err: expect.stringContaining("Refusing") });
  const effects = rows((await lab.control("GET", "/effects")).body.effects);
  expect(effects.at(-1)).toMatchObject({ method: "SSH", path: "systemctl restart pveproxy", target: "node/agent1" });
});

test("a node that is down answers neither API nor SSH, and both again when it is back", async () => {
  await breakIt("node-down", "node/agent");
  const refused = async () => (await lab.call("GET", "/version", { node: "agent" }).catch((error: unknown) => error)) instanceof Error;
  await until(refused, { what: "the API refuses" });
  await expect(client("agent")).rejects.toThrow();
  expect((await lab.call("GET", "/nodes/agent/status")).status).toBe(595);
  const members = rows((await lab.call("GET", "/cluster/status")).data);
  expect(members.find((one) => one.name === "agent")).toMatchObject({ online: 0 });
  await lab.control("DELETE", "/faults", {});
  await until(async () => (await ssh("agent", "hostname").catch(() => undefined))?.out === "agent\n", { withinMs: 20_000, what: "SSH is back" });
  await until(async () => rows((await lab.control("GET", "/state")).body.guests).find((one) => one.vmid === 103)?.status === "running", { what: "its guests run again" });
}, 30_000);

test("a magic packet powers its own node on, whoever sends it; other packets wake nobody", async () => {
  const { host, port, cards } = lab.about.wake;
  expect(cards.map(({ node }) => node)).toEqual(lab.about.pve.nodes.map(({ name }) => name));
  const shown = record((await lab.call("GET", "/nodes/agent/config")).data);
  const mac = cards.find(({ node }) => node === "agent")?.mac ?? "";
  expect(String(shown.wakeonlan)).toBe(mac);
  const powerOf = async () => rows((await lab.control("GET", "/state")).body.nodes).find(({ name }) => name === "agent")?.power;
  const magic = (card: string, times = 16) => Buffer.concat([Buffer.alloc(6, 0xff), ...Array.from({ length: times }, () => Buffer.from(card.replaceAll(":", ""), "hex"))]);
  await breakIt("node-down", "node/agent");
  const socket = createSocket("udp4");
  const send = (packet: Buffer) => new Promise<void>((done) => socket.send(packet, port, host, () => done()));
  for (const packet of [Buffer.alloc(0), Buffer.from("wake up"), magic(mac, 15), magic("02:00:00:00:00:01"), Buffer.alloc(2_000, 0xff)]) await send(packet);
  expect([cardIn(magic(mac, 15)), cardIn(Buffer.concat([Buffer.from("x"), magic(mac), Buffer.alloc(6, 1)]))]).toEqual([undefined, mac]);
  expect(await powerOf()).toBe("off");
  await send(magic(mac));
  await until(async () => (await powerOf()) === "on", { withinMs: 15_000, what: "agent to boot" });
  socket.close();
  const effects = rows((await lab.control("GET", "/effects")).body.effects).filter(({ user }) => user === "lan");
  expect(effects.map(({ target }) => target)).toEqual(["node/agent"]);
});

test("a changed certificate is another fingerprint, and the old one again when healed", async () => {
  const about = lab.about.pve.nodes.find((node) => node.name === "Home");
  const port = Number(new URL(about?.url ?? "").port);
  const shown = () =>
    new Promise<string>((resolve) => {
      const socket = tls({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
        resolve(socket.getPeerCertificate().fingerprint256);
        socket.end();
      });
      socket.on("error", () => resolve(""));
    });
  expect(await shown()).toBe(about?.fingerprint ?? "");
  await breakIt("certificate-changed", "node/home");
  const other = await until(async () => [await shown()].find((one) => one !== "" && one !== about?.fingerprint), { what: "another fingerprint" });
  expect(rows((await lab.call("GET", "/nodes", { node: "pve" })).data).find((node) => node.node === "Home")?.ssl_fingerprint).toBe(other);
  await lab.control("DELETE", "/faults", {});
  await until(async () => (await shown()) === about?.fingerprint, { what: "its own again" });
});

test("the backup server shows what the cluster backed up, and only with its token", async () => {
  const groups = rows(await pbsData("/admin/datastore/main/groups"));
  expect(groups.find((group) => group["backup-id"] === "101")).toMatchObject({ "backup-type": "vm", "backup-count": 6 });
  const [usage] = rows(await pbsData("/status/datastore-usage"));
  expect(Number(usage?.used) + Number(usage?.avail)).toBe(Number(usage?.total));
  expect((await pbs("/version", "jarvis@pbs!observe:wrong")).status).toBe(401);
  expect((await pbs("/admin/datastore/main/gc", undefined, "POST")).status).toBe(403);
  expect((await pbs("/admin/datastore/none/status")).status).toBe(400);
});

test("garbage collection runs as a task, and not while another task holds the datastore", async () => {
  await breakIt("pbs-task-hangs");
  const begun = await pbs("/admin/datastore/main/gc", lab.about.pbs?.tokens.act, "POST");
  const upid = encodeURIComponent(String(record(await begun.json()).data));
  const state = () => pbsData(`/nodes/localhost/tasks/${upid}/status`).then(record);
  await until(async () => (await state()).status === "stopped", { what: "the task's end" });
  expect(String((await state()).exitstatus)).toStartWith("unable to lock datastore 'main'");
  expect(rows(await pbsData("/nodes/localhost/tasks?running=1")).map((task) => task.worker_type)).toContain("verificationjob");
});

test("a damaged backup is failed by verification", async () => {
  await breakIt("backup-damaged", "guest/101");
  const snapshots = rows(await pbsData("/admin/datastore/main/snapshots?backup-type=vm&backup-id=101"));
  expect(snapshots.filter((one) => record(one.verification).state === "failed")).toHaveLength(1);
});

test("a mail to anybody is caught whole, once", async () => {
  const socket = connect(lab.about.mail.port, lab.about.mail.host);
  const lines = ["EHLO jarvis", "MAIL FROM:<jarvis@home.lan>", "RCPT TO:<olli@home.lan>", "DATA", "Subject: nextcloud is", " back", "", "first", "..second", ".", "QUIT", ""];
  socket.write(lines.join("\r\n"));
  await new Promise((resolve) => socket.on("close", resolve).resume());
  const mails = rows((await lab.control("GET", "/mails")).body.mails);
  expect(mails).toHaveLength(1);
  expect(mails[0]).toMatchObject({ from: "jarvis@home.lan", to: ["olli@home.lan"], subject: "nextcloud is back", text: expect.stringContaining("\nfirst\n.second") });
});

/** One RPC call by TCP with no credentials; the words of the answer after its transaction's number, or nothing within the patience. */
async function rpc(port: number, program: number, version: number, procedure: number, args: Buffer = Buffer.alloc(0)): Promise<Buffer | "silent" | "refused"> {
  const call = Buffer.alloc(40);
  for (const [index, word] of [7, 0, 2, program, version, procedure, 0, 0, 0, 0].entries()) call.writeUInt32BE(word, index * 4);
  const marker = Buffer.alloc(4);
  marker.writeUInt32BE(0x8000_0000 + call.length + args.length);
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(Buffer.concat([marker, call, args])));
    socket.setTimeout(400, () => {
      socket.destroy();
      resolve("silent");
    });
    socket.on("error", () => resolve("refused"));
    // A door that shuts takes the connection along without a word.
    socket.on("close", () => resolve("refused"));
    socket.on("data", (bytes) => {
      socket.destroy();
      resolve(Buffer.from(bytes).subarray(8));
    });
  });
}
const [PORTMAP, MOUNT, NFS] = [100_000, 100_005, 100_003];
const asWords = (...values: number[]): Buffer => Buffer.concat(values.map((value) => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value])));
const opaque = (text: string): Buffer => Buffer.concat([asWords(text.length), Buffer.from(text), Buffer.alloc((4 - (text.length % 4)) % 4)]);

/** Reply, accepted, no verifier, and how it went. */
const accepted = (state: number, ...rest: Buffer[]): Buffer => Buffer.concat([asWords(1, 0, 0, 0, state), ...rest]);

test("a share is found, mounted and measured as an NFS client does; it hangs and goes with its storage", async () => {
  const [share] = lab.about.shares;
  if (!share) throw new Error("there is no share");
  const { port } = share;
  expect(share).toMatchObject({ storage: "nas", kind: "nfs" });
  expect(await rpc(port, PORTMAP, 2, 3, asWords(MOUNT, 3, 6, 0))).toEqual(accepted(0, asWords(port)));
  expect(String(await rpc(port, MOUNT, 3, 5))).toContain(share.export);
  expect(await rpc(port, MOUNT, 3, 1, opaque("/elsewhere"))).toEqual(accepted(0, asWords(2)));
  const mounted = await rpc(port, MOUNT, 3, 1, opaque(share.export));
  if (typeof mounted === "string") throw new Error(mounted);
  const handle = mounted.subarray(24, 60);
  const room = await rpc(port, NFS, 3, 18, handle);
  if (typeof room === "string") throw new Error(room);
  const shown = rows((await lab.call("GET", "/nodes/pve/storage")).data).find(({ storage }) => storage === "nas");
  expect(Number(room.readBigUInt64BE(28))).toBe(Number(shown?.total));
  expect(await rpc(port, 100_021, 4, 0)).toEqual(accepted(1));
  expect(await rpc(port, NFS, 4, 0)).toEqual(accepted(2, asWords(3, 3)));
  expect(await rpc(port, NFS, 3, 6, handle)).toEqual(accepted(3));
  expect(await rpc(port, MOUNT, 3, 1, asWords(60_000))).toEqual(accepted(4));
  await breakIt("storage-hang", "storage/shared/nas");
  expect(await rpc(port, NFS, 3, 0)).toBe("silent");
  await lab.control("DELETE", "/faults", {});
  await breakIt("storage-offline", "storage/shared/nas");
  await until(async () => (await rpc(port, NFS, 3, 0)) === "refused", { what: "the share to be gone" });
  await lab.control("DELETE", "/faults", {});
  await until(async () => typeof (await rpc(port, NFS, 3, 0)) !== "string", { what: "the share to be back" });
});

test("nodes push their figures to the metric servers the cluster is configured for", async () => {
  const got: { path: string; auth: string | undefined; body: string }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      got.push({ path: request.url ?? "", auth: request.headers.authorization, body: (request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body).toString() });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const as = (path: string, params: Record<string, unknown>) => lab.control("POST", "/as", { user: "root@pam", method: "POST", path, params });
  await as("/cluster/metrics/server/jarvis", { type: "influxdb", server: "127.0.0.1", port, influxdbproto: "http", organization: "home", bucket: "pve", token: "t0ken" });
  await as("/cluster/metrics/server/otel", { type: "opentelemetry", server: "127.0.0.1", port, "otel-protocol": "http" });
  await until(
    () =>
      got.some((one) => one.path === "/v1/metrics") &&
      ["object=qemu", "object=lxc", "object=nodes,host=pve ", "object=storages"].every((words) => got.some((one) => one.body.includes(words))),
    { what: "a round of pushes" },
  );
  const lines = got.filter((one) => one.path === "/api/v2/write?org=home&bucket=pve");
  expect(lines.every((one) => one.auth === "Token t0ken")).toBe(true);
  expect(lines.flatMap((one) => one.body.trim().split("\n")).every((line) => /^\w+(,[^ ]+=[^ ]+)* [^ ]+=.+ \d{19}$/.test(line))).toBe(true);
  expect(lines.some((one) => /^cpustat,object=nodes,host=pve cpu=[\d.e-]+,wait=/m.test(one.body))).toBe(true);
  const telemetry = record(JSON.parse(got.find((one) => one.path === "/v1/metrics")?.body ?? "{}"));
  expect(rows(telemetry.resourceMetrics)).toHaveLength(1);
  expect(rows((await lab.control("GET", "/pushes")).body.pushes).map((one) => one.failed)).toEqual([0, 0]);
  server.close();
  for (const id of ["jarvis", "otel"]) await lab.control("POST", "/as", { user: "root@pam", method: "DELETE", path: `/cluster/metrics/server/${id}` });
});
