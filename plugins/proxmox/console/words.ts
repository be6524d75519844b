// termproxy's little language (proxmox.md 9): the line with the ticket, its OK, then input, size and signs of life. Refuses an answer that is no OK. Pure.
import { JarvisError } from "jarvis";

const OK = "OK";
const MOST_SAID = 200;

export const ticketLine = (user: string, ticket: string): Uint8Array => new TextEncoder().encode(`${user}:${ticket}\n`);

/** `0:LENGTH:` and the bytes, their number counted in bytes. */
export const input = (bytes: Uint8Array): Uint8Array => new Uint8Array(Buffer.concat([Buffer.from(`0:${bytes.length}:`, "latin1"), bytes]));
export const size = (columns: number, rows: number): Uint8Array => new TextEncoder().encode(`1:${columns}:${rows}:`);
export const STILL_THERE: Uint8Array = new TextEncoder().encode("2");

/** Takes the answer to the ticket however it is cut: undefined while it is not whole, then what came of the shell behind it. Throws on anything else. */
export const createGreeting = () => {
  let got: Buffer = Buffer.alloc(0);
  return (piece: Uint8Array): Uint8Array | undefined => {
    got = Buffer.concat([got, piece]);
    const begins = got.subarray(0, OK.length).toString("latin1");
    if (begins === OK) return new Uint8Array(got.subarray(OK.length));
    if (got.length < OK.length && OK.startsWith(begins)) return undefined;
    const said = got.toString("utf8").slice(0, MOST_SAID);
    throw new JarvisError("upstream_garbage", {
      message: `Proxmox answered the console's ticket with something else than OK: ${JSON.stringify(said)}.`,
      data: { definitive: true },
    });
  };
};
