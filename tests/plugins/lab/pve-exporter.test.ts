// prometheus-pve-exporter, which nobody here wrote, scrapes the lab over its own HTTP door: its ordinary metric families are there, with the values that the lab has. Skipped, saying so, where it cannot be had; in CI that is a failure.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { pythonWith } from "../../support/python.ts";
import { until } from "../../support/until.ts";
import { type OpenLab, openLab, record, rows } from "./open-lab.ts";

const bin = await pythonWith("pve-exporter", ["prometheus-pve-exporter==3.10.2", "proxmoxer==2.3.0", "requests==2.34.2", "prometheus_client==0.26.0", "PyYAML==6.0.3"]);
if (!bin) console.warn("prometheus-pve-exporter cannot be had here (no Python, or no way to its package): its tests are skipped");

test.if(Boolean(process.env.CI))("in CI prometheus-pve-exporter is there", () => expect(bin).toBeDefined());

/** A port that was free a moment ago: the exporter cannot tell which one it took. */
const freePort = async (): Promise<number> => {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const port = server.port ?? 0;
  await server.stop(true);
  return port;
};

for (const dialect of ["9.1", "8.4"] as const)
  describe.skipIf(!bin)(`prometheus-pve-exporter on ${dialect}`, () => {
    let lab: OpenLab;
    let child: Bun.Subprocess | undefined;
    let text = "";
    beforeAll(async () => {
      lab = await openLab({ speed: 5, dialect });
      const { certificates } = record(await Bun.file(join(lab.dir, "secrets.json")).json());
      const ca = join(lab.dir, "pve.pem");
      await Bun.write(ca, String(record(record(certificates).pve).cert));
      const [id = "", secret] = lab.about.pve.tokens.read.split("=");
      const [user, token] = id.split("!");
      const config = join(lab.dir, "pve.yml");
      await Bun.write(config, JSON.stringify({ default: { user, token_name: token, token_value: secret, verify_ssl: true } }));
      const port = await freePort();
      const env = { ...process.env, REQUESTS_CA_BUNDLE: ca };
      const command = [join(bin ?? "", "pve_exporter"), "--config.file", config, "--web.listen-address", `127.0.0.1:${port}`];
      child = Bun.spawn(command, { env, stdin: "ignore", stdout: "ignore", stderr: Bun.file(join(lab.dir, "exporter.err")) });
      const target = new URL(lab.about.pve.nodes[1]?.url ?? "").host;
      const scrape = async (): Promise<string | undefined> => {
        const answer = await fetch(`http://127.0.0.1:${port}/pve?target=${encodeURIComponent(target)}&cluster=1&node=1`).catch(() => undefined);
        return answer?.ok ? answer.text() : undefined;
      };
      text = await until(scrape, { withinMs: 40_000, what: "the exporter's first scrape" });
    }, 60_000);
    afterAll(async () => {
      child?.kill("SIGTERM");
      await child?.exited;
      await lab?.close();
    });

    /** The samples of one family: labels in the exporter's own spelling -> value. */
    const samples = (family: string): Map<string, number> =>
      new Map(
        text.split("\n").flatMap((line) => {
          const [, name, labels = "", value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
          return name === family && value !== undefined ? [[labels, Number(value)] as const] : [];
        }),
      );

    const FAMILIES = [
      "pve_up",
      "pve_version_info",
      "pve_node_info",
      "pve_cluster_info",
      "pve_guest_info",
      "pve_storage_info",
      "pve_cpu_usage_ratio",
      "pve_cpu_usage_limit",
      "pve_memory_usage_bytes",
      "pve_memory_size_bytes",
      "pve_disk_usage_bytes",
      "pve_disk_size_bytes",
      "pve_network_transmit_bytes_total",
      "pve_network_receive_bytes_total",
      "pve_disk_read_bytes_total",
      "pve_disk_written_bytes_total",
      "pve_uptime_seconds",
      "pve_onboot_status",
      "pve_storage_shared",
      "pve_ha_state",
      "pve_not_backed_up_total",
      "pve_replication_info",
    ];

    test("yields its ordinary families", () => {
      const there = FAMILIES.filter((family) => text.includes(`# TYPE ${family} `) || text.includes(`# TYPE ${family.replace(/_total$/, "")} `));
      expect(FAMILIES.filter((family) => !there.includes(family))).toEqual([]);
      for (const family of FAMILIES.slice(0, 18)) expect([family, samples(family).size > 0]).toEqual([family, true]);
    });

    test("with the lab's own values", async () => {
      const state = (await lab.control("GET", "/state")).body;
      const guests = rows(state.guests);
      for (const { vmid, kind, status } of guests) {
        const up = samples("pve_up").get(`id="${kind}/${vmid}"`);
        expect([vmid, up]).toEqual([vmid, status === "running" ? 1 : 0]);
      }
      for (const node of ["Home", "agent", "agent1", "pve"]) expect(samples("pve_up").get(`id="node/${node}"`)).toBe(1);
      expect(samples("pve_guest_info").size).toBe(guests.length);
      const listed = rows((await lab.call("GET", "/cluster/resources")).data);
      for (const { id, maxmem, maxdisk, type } of listed.filter(({ type }) => type === "node" || type === "qemu" || type === "lxc")) {
        expect([id, samples("pve_memory_size_bytes").get(`id="${id}"`)]).toEqual([id, Number(maxmem)]);
        if (type !== "qemu") expect([id, samples("pve_disk_size_bytes").get(`id="${id}"`)]).toEqual([id, Number(maxdisk)]);
      }
      const [version] = [...samples("pve_version_info").keys()];
      expect(version).toContain(`release="${dialect}"`);
      const [cluster] = [...samples("pve_cluster_info").keys()];
      expect(cluster).toContain('id="cluster/homelab"');
      expect(cluster).toContain('quorate="1"');
    });
  });
