// The words of `jarvis lab`: options of a run, or one of list, break, heal, show, stop. It refuses unknown options and values of the wrong kind (exit 64).
import { parseArgs } from "node:util";

export interface RunOptions {
  size?: string;
  world?: string;
  guests: number;
  seed?: number;
  speed: number;
  dialect: "8.4" | "9.1";
  port?: number;
  dir?: string;
  startedBy: string;
}

export interface Usage extends Error {
  usage: true;
}
export const isUsage = (error: unknown): error is Usage => error instanceof Error && "usage" in error;
export const usage = (words: string): Usage => Object.assign(new Error(words), { usage: true as const });

export const HELP = `jarvis lab: a simulated homelab to look at, to test with, and to break

  jarvis lab [options]                       run it in the foreground
  jarvis lab list                            what can be broken
  jarvis lab break NAME [TARGET] [key=value] break something
  jarvis lab heal [NAME [TARGET]]            put it right again
  jarvis lab show                            what is so, and what is broken
  jarvis lab stop                            end the lab that runs

  --size home|rack|fleet   how large (home)
  --world FILE             another world, as JSON; {"base": "home", "more": {"nodes": 2, "guests": 50}} grows the home
  --guests N               this many generated guests more
  --seed N                 other figures, the same every time
  --speed X                time runs X times as fast
  --dialect 8.4|9.1        which Proxmox VE it speaks (9.1)
  --port N                 the control API's port; the nodes follow; 0 takes free ones
  --dir DIR                where its files are ($JARVIS_DATA/lab)
  --json                   results as JSON
`;

/** The rest says how a lab is started. */
const FOR_COMMANDS = new Set(["dir", "json", "help"]);
const MAX_GUESTS = 20_000;
const MAX_PORT = 65_535;

function number(name: string, text: string | undefined, low: number, high: number, whole = true): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || (whole && !Number.isInteger(value)) || value < low || value > high)
    throw usage(`--${name} is ${whole ? "a whole" : "a"} number from ${low} to ${high}, not '${text}'`);
  return value;
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        size: { type: "string" },
        world: { type: "string" },
        guests: { type: "string" },
        seed: { type: "string" },
        speed: { type: "string" },
        dialect: { type: "string" },
        port: { type: "string" },
        dir: { type: "string" },
        "started-by": { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}

export interface Words {
  help: boolean;
  json: boolean;
  words: string[];
  run: RunOptions;
}

export function readWords(args: string[]): Words {
  const { values, positionals } = parse(args);
  const { dialect, size, world, dir } = values;
  const stray = positionals.length === 0 ? undefined : Object.keys(values).find((name) => !FOR_COMMANDS.has(name));
  if (stray !== undefined) throw usage(`--${stray} is for starting a lab, not for '${positionals[0]}'`);
  if (dialect !== undefined && dialect !== "8.4" && dialect !== "9.1") throw usage(`--dialect is 8.4 or 9.1, not '${dialect}'`);
  const port = number("port", values.port, 0, MAX_PORT);
  const seed = number("seed", values.seed, 0, Number.MAX_SAFE_INTEGER);
  return {
    help: values.help === true,
    json: values.json === true,
    words: positionals,
    run: {
      ...(size === undefined ? {} : { size }),
      ...(world === undefined ? {} : { world }),
      guests: number("guests", values.guests, 0, MAX_GUESTS) ?? 0,
      ...(seed === undefined ? {} : { seed }),
      speed: number("speed", values.speed, 0.1, 1_000, false) ?? 1,
      dialect: dialect ?? "9.1",
      ...(port === undefined ? {} : { port }),
      ...(dir === undefined ? {} : { dir }),
      startedBy: values["started-by"] ?? "hand",
    },
  };
}
