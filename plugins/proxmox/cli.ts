// `./jarvis proxmox setup`: prints how to let Jarvis into a cluster, and, with a running Jarvis, what it was granted. A process of its own, begun by the owner; it changes nothing and holds no credential.
import { parseArgs } from "node:util";
import { z } from "jarvis";
import { look } from "./setup/certificate.ts";
import { DEFAULT_USER } from "./setup/commands.ts";
import { certificateWords, commandWords, HELP, type Sight, sectionWords } from "./setup/words.ts";

const EXIT = { done: 0, failed: 1, usage: 64 } as const;
const MOST_ADDRESSES = 32;
const USER = /^[^\s:/@!']+@[A-Za-z][A-Za-z0-9.\-_]*$/;
const Answer = z.looseObject({ state: z.string(), text: z.string() });

/** Who reads may have gone, as `head` does: nothing is left to say. */
process.stdout.on("error", () => process.exit(EXIT.done));
const print = (text: string): void => void process.stdout.write(`${text}\n`);
const complain = (text: string): void => void process.stderr.write(`jarvis: ${text}\n`);

const wordsOf = (args: readonly string[]) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { release: { type: "string", default: "9" }, user: { type: "string", default: DEFAULT_USER }, help: { type: "boolean", short: "h" } },
    allowPositionals: true,
  });
  const [word, ...addresses] = positionals;
  const { release, user, help } = values;
  if (help) return { help: true as const };
  if (word !== "setup") throw new Error(word === undefined ? "what? Its word is: setup" : `there is no word "${word}"; its word is: setup`);
  if (release !== "8" && release !== "9") throw new Error(`--release takes 8 or 9, not "${release}"`);
  if (!USER.test(user)) throw new Error(`--user takes name@realm, not "${user}"`);
  if (addresses.length > MOST_ADDRESSES) throw new Error(`at most ${MOST_ADDRESSES} addresses`);
  return { help: false as const, addresses, wish: { release: Number(release), user } };
};

/** A running Jarvis holds the tokens and does the asking; nothing when none runs or it knows no cluster. */
const granted = async (): Promise<string> => {
  const main = new URL("../../core/cli/main.ts", import.meta.url).pathname;
  const child = Bun.spawn([process.execPath, main, "call", "proxmox_access_get", "{}", "--json"], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [out, complaint, code] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
  if (code === 69) return "   No Jarvis runs here. Start it with that section and say this again: I show what is granted, what is missing and what you lose.";
  try {
    const { state, text } = Answer.parse(JSON.parse(out));
    return state === "succeeded" ? text.replace(/^/gm, "   ") : `   It could not be asked (${state}): ${text}`;
  } catch {
    return `   ${(complaint.trim() || "Jarvis gave no answer.").replace(/^jarvis: /, "").slice(0, 1000)}`;
  }
};

const setup = async (addresses: readonly string[], wish: { release: number; user: string }): Promise<number> => {
  const looked = await Promise.allSettled(addresses.map(look));
  const sights: Sight[] = looked.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failures = looked.flatMap((one) => (one.status === "rejected" ? [one.reason instanceof Error ? one.reason.message : String(one.reason)] : []));
  print(commandWords(wish));
  print(`\n${certificateWords(sights, failures)}`);
  print(`\n${sectionWords(sights, wish.user)}`);
  print(`\n4. What the running Jarvis is granted:\n${await granted()}`);
  return failures.length > 0 || sights.some((sight) => !sight.isProxmox) ? EXIT.failed : EXIT.done;
};

const main = async (args: readonly string[]): Promise<number> => {
  try {
    const read = wordsOf(args);
    if (!read.help) return await setup(read.addresses, read.wish);
    print(HELP);
    return EXIT.done;
  } catch (thrown) {
    complain(`${thrown instanceof Error ? (thrown.message.split(". To specify")[0] ?? "") : String(thrown)}\n${HELP}`);
    return EXIT.usage;
  }
};

process.exitCode = await main(process.argv.slice(2));
