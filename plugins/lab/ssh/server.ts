// One node's SSH server: root with the lab's key runs the scripted shell. It refuses passwords, other users and other keys, forwards nothing and has no file transfer.
import { createServer, type Server } from "node:net";
import ssh2, { type AuthContext, type Connection, type PseudoTtyInfo, type ServerChannel } from "ssh2";
import type { Traffic } from "../front/traffic.ts";
import type { Node, World } from "../world/state.ts";
import { runLine } from "./shell.ts";
import { nodeShell, openTerminal } from "./terminal.ts";

const USER = "root";
const IDENT = { "9.1": "OpenSSH_10.0p2 Debian-7", "8.4": "OpenSSH_9.2p1 Debian-2+deb12u7" } as const;

export interface SshOrder {
  world: World;
  node: Node;
  hostKey: string;
  /** `ssh-ed25519 AAAA...` */
  authorized: string;
  traffic: Traffic;
}

function admits(context: AuthContext, authorized: string): boolean {
  if (context.method !== "publickey" || context.username !== USER) return false;
  const key = ssh2.utils.parseKey(authorized);
  if (key instanceof Error || context.key.algo !== key.type || !context.key.data.equals(key.getPublicSSH())) return false;
  if (!context.signature || !context.blob) return true;
  return key.verify(context.blob, context.signature, context.hashAlgo) === true;
}

export function createSshServer({ world, node, hostKey, authorized, traffic }: SshOrder): Server {
  const note = (path: string): void => void traffic.record({ node: node.name, method: "SSH", path: path.slice(0, 500), user: `${USER}@pam` });
  const log = (text: string): void => world.journals.add(node.name, `sshd[${20_000 + node.id}]: ${text}`);

  async function execute(channel: ServerChannel, command: string): Promise<void> {
    note(command);
    const { out, err, code } = await runLine({ world, node }, command);
    if (channel.destroyed) return;
    if (err) channel.stderr.write(err);
    if (out) channel.write(out);
    channel.exit(code);
    channel.end();
  }

  function serve(client: Connection): void {
    client.on("error", () => undefined);
    client.on("authentication", (context) => {
      if (context.method === "none") return context.reject(["publickey"]);
      if (admits(context, authorized)) return context.accept();
      log(`Connection closed by authenticating user ${context.username} 192.168.1.65 port 50022 [preauth]`);
      context.reject(["publickey"]);
    });
    client.on("ready", () => {
      log(`Accepted publickey for ${USER} from 192.168.1.65 port 50022 ssh2`);
      client.on("session", (accept) => {
        const session = accept();
        session.on("pty", (agree: (() => void) | undefined, _reject: unknown, _info: PseudoTtyInfo) => agree?.());
        session.on("env", (agree: (() => void) | undefined) => agree?.());
        session.on("window-change", (agree: (() => void) | undefined) => agree?.());
        session.on("signal", (agree: (() => void) | undefined) => agree?.());
        session.on("exec", (agree, _reject, info) => void execute(agree(), info.command).catch(() => client.end()));
        session.on("shell", (agree) => {
          note("shell");
          openTerminal(agree(), nodeShell({ world, node }));
        });
      });
    });
  }

  const protocol = new ssh2.Server({ hostKeys: [hostKey], ident: IDENT[world.dialect] }, serve);
  return createServer((socket) => {
    socket.on("error", () => undefined);
    protocol.injectSocket(socket);
  });
}
