// Packages of a node: what could be updated, what is installed, refreshing the lists; and its certificates.
import { FLAG, required, TEXT, textOf } from "../../front/parameters.ts";
import { type Call, get, needs, post, type Route } from "../../front/route.ts";
import { begin } from "../work.ts";
import { nodeOf } from "./status.ts";

const REFRESH_MS = 5_500;
const CORE = [
  "proxmox-ve",
  "pve-manager",
  "proxmox-kernel-helper",
  "ceph-fuse",
  "corosync",
  "libpve-access-control",
  "libpve-common-perl",
  "lxc-pve",
  "pve-cluster",
  "pve-container",
  "pve-firewall",
  "pve-ha-manager",
  "pve-qemu-kvm",
  "qemu-server",
  "zfsutils-linux",
];

const pending = (call: Call): unknown =>
  nodeOf(call).machine.updates.map(({ name, title, oldVersion, version, section, priority, origin, description }) => ({
    Package: name,
    Title: title,
    Description: description,
    OldVersion: oldVersion,
    Version: version,
    Section: section,
    Priority: priority,
    Origin: origin,
    Arch: name.startsWith("lib") || name === "pve-manager" ? "all" : "amd64",
  }));

function installed(call: Call): unknown {
  const { machine } = nodeOf(call);
  const debian = machine.manager.version.startsWith("9") ? "13" : "12";
  const old = new Map(machine.updates.map((update) => [update.name, update.oldVersion]));
  const fresh = new Map(machine.updates.map((update) => [update.name, update.version]));
  const kernels = [...new Set([machine.kernel.running, machine.kernel.installed])].map((release) => `proxmox-kernel-${release}-signed`);
  return [...CORE, ...kernels].map((name) => {
    const version = name === "pve-manager" ? machine.manager.version : (old.get(name) ?? `${machine.manager.version.slice(0, 1)}.0.4+deb${debian}u1`);
    const extra = name === "proxmox-ve" ? { RunningKernel: machine.kernel.running } : name === "pve-manager" ? { ManagerVersion: `${version}/${machine.manager.repoid}` } : {};
    const about = { Package: name, Title: name, Description: name, Origin: "Proxmox", Section: "admin", Priority: "optional", Arch: "amd64" };
    return { ...about, Version: fresh.get(name) ?? version, OldVersion: version, CurrentState: "Installed", ...extra };
  });
}

const refresh = (call: Call): string =>
  begin(call, {
    node: nodeOf(call).name,
    type: "aptupdate",
    id: "",
    target: `node/${call.path.node}`,
    words: "update package database",
    work: async (worker) => {
      worker.log("starting apt-get update");
      await worker.sleep(REFRESH_MS);
      worker.log("Reading package lists...");
    },
  });

/** The leaf that pveproxy shows carries the listener's true fingerprint. */
function certificates(call: Call): unknown {
  const node = nodeOf(call);
  const shown = node.machine.certificates.some((file) => file.filename === "pveproxy-ssl.pem") ? "pveproxy-ssl.pem" : "pve-ssl.pem";
  return node.machine.certificates.map((file) => ({
    filename: file.filename,
    fingerprint:
      file.filename === shown
        ? node.fingerprint
        : new Bun.CryptoHasher("sha256")
            .update(`${node.name}/${file.filename}/${file.notBefore}`)
            .digest("hex")
            .toUpperCase()
            .replace(/(..)(?!$)/g, "$1:"),
    subject: file.subject,
    issuer: file.issuer,
    san: file.san,
    notbefore: file.notBefore,
    notafter: file.notAfter,
    "public-key-type": file.keyType,
    "public-key-bits": file.keyBits,
  }));
}

function changelog(call: Call): string {
  const name = textOf(call.parameters, "name") ?? "";
  const update = nodeOf(call).machine.updates.find((one) => one.name === name);
  return update ? `${name} (${update.version}) stable; urgency=medium\n\n  * maintenance release\n\n -- Proxmox Support Team <support@proxmox.com>\n` : "";
}

const modify = needs("/nodes/{node}", "Sys.Modify");

export const packageRoutes = (): Route[] => [
  get("/nodes/{node}/apt/update", pending, modify),
  post("/nodes/{node}/apt/update", refresh, { ...modify, rules: { notify: FLAG, quiet: FLAG } }),
  get("/nodes/{node}/apt/versions", installed, needs("/nodes/{node}", "Sys.Audit")),
  get("/nodes/{node}/apt/changelog", changelog, { ...modify, rules: { name: required(TEXT), version: TEXT } }),
  get("/nodes/{node}/certificates/info", certificates),
];
