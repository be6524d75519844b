// Which calls pveproxy hands to pvedaemon (`protected` in Proxmox's schema), and which it answers by itself: the first fail when pvedaemon is dead or stuck. All that is no GET is handed on.

const GUEST = String.raw`(?:qemu|lxc)(?:\/[^/]+\/(?:firewall\/(?:log|ipset\/[^/]+\/.+)|agent\/.+|rrd|rrddata|status\/current|feature|migrate|snapshot|interfaces))?`;
const STORES = String.raw`storage(?:\/[^/]+\/.+)?|disks\/.+|scan\/.+|ceph\/(?:cfg\/(?:db|value)|osd|osd\/[^/]+\/.+|mds|mgr|mon|fs|pool|pool\/[^/]+\/status|status|crush|log|rules|cmd-safety)`;
const MACHINE = String.raw`services(?:\/[^/]+\/state)?|tasks\/[^/]+\/(?:log|status)|apt\/update|firewall\/log|replication(?:\/[^/]+\/(?:status|log))?|rrd|rrddata|syslog|journal|report|hosts|hardware\/(?:pci|usb)|vzdump\/extractconfig|sdn\/zones(?:\/[^/]+\/.+)?`;
const OF_A_NODE = new RegExp(String.raw`^\/nodes\/[^/]+\/(?:${GUEST}|${STORES}|${MACHINE})$`);
const OF_THE_CLUSTER =
  /^\/(?:cluster\/(?:status|config\/qdevice|backup\/[^/]+\/included_volumes|backup-info\/not-backed-up|firewall\/ipset\/[^/]+\/.+|ceph\/(?:metadata|status|flags.*)|notifications\/(?:targets|matchers|endpoints\/.+|matcher-field-values)|acme\/(?:plugins|account).*|mapping\/(?:dir|pci|usb)\/.+)|access\/(?:users|users\/[^/]+\/tfa|tfa.*))$/;

/** `path`: as called or as its route is written. */
export const isProtected = (method: string, path: string): boolean => method !== "GET" || OF_A_NODE.test(path) || OF_THE_CLUSTER.test(path);
