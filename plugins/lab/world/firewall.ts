// The three levels of the firewall (cluster, node, guest): whether it is on, its policies, rules and log. Read-only through the API.

export interface FirewallRule {
  type: "in" | "out" | "forward" | "group";
  action: string;
  enable: boolean;
  comment?: string;
  macro?: string;
  iface?: string;
  proto?: string;
  source?: string;
  dest?: string;
  dport?: string;
  log?: string;
}

export interface Firewall {
  enabled: boolean;
  policyIn: "ACCEPT" | "DROP" | "REJECT";
  policyOut: "ACCEPT" | "DROP" | "REJECT";
  rules: FirewallRule[];
  /** Lines as pvefw-logger writes them. */
  log: string[];
}

export const openFirewall = (): Firewall => ({ enabled: false, policyIn: "ACCEPT", policyOut: "ACCEPT", rules: [], log: [] });

const rule = (macro: string, more: Partial<FirewallRule> = {}): FirewallRule => ({ type: "in", action: "ACCEPT", enable: true, macro, ...more });

/** What a careful home has: on at the top, SSH and the web interface let in from its own network. */
export const homeFirewall = (network: string): Firewall => ({
  enabled: true,
  policyIn: "DROP",
  policyOut: "ACCEPT",
  rules: [
    rule("SSH", { source: network, comment: "shell from home" }),
    { type: "in", action: "ACCEPT", enable: true, proto: "tcp", dport: "8006", source: network, comment: "web interface" },
    rule("Ping"),
  ],
  log: [],
});
