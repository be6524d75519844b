// Which serial line of a VM is its console, and what to do when there is none. Pure.
import type { GuestConfig } from "../shapes/guest.ts";

/** Only a line that ends in a socket can be opened; one that is a device of the node belongs to that device. */
export const serialOf = (config: GuestConfig): string | undefined =>
  Object.keys(config)
    .filter((key) => /^serial[0-3]$/.test(key) && config[key] === "socket")
    .sort()[0];

export const noSerialWords = (name: string, vmid: number): string =>
  `${name} needs a serial port for that: \`qm set ${vmid} --serial0 socket\` on its node, then stop and start it; inside, a login must listen there (\`systemctl enable --now serial-getty@ttyS0\`).`;

export const waitingWords = (name: string, port: string): string =>
  `${name} has ${port} set, but runs without it yet: shut it down and start it again (a reboot from inside does not do it), then open its console.`;
