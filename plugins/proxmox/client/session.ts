// A login with user and password: a ticket for two hours, renewed by itself at half of that, a second factor where the server wants one. It logs in rarely after a refusal,
// and never sends one code twice, so that neither the account nor its second factor is locked by us.
import { type FetchAnswer, JarvisError, z } from "jarvis";
import { words as wordsOf } from "./failure.ts";
import { codeOf, stepOf } from "./totp.ts";

const RENEW_AFTER_MS = 60 * 60_000;
const TICKET_LIFE_MS = 2 * 60 * 60_000;
/** A clock set back or a server's newer key end a ticket early; a fresh one that is refused is no reason to ask for another. */
const FRESH_MS = 60_000;
/** PAM's faillock counts three failures in 15 minutes: never more than two of ours fall into that. */
const GAPS_MS = [600_000, 1_200_000, 3_600_000] as const;
/** PVE locks a second factor after 8 wrong codes in a row. */
const MOST_WRONG_CODES = 3;

const Granted = z.object({ data: z.object({ ticket: z.string().min(1), CSRFPreventionToken: z.string().optional(), NeedTFA: z.unknown().optional() }) });
type Granted = z.output<typeof Granted>["data"];

export interface Ticket {
  readonly ticket: string;
  readonly csrf: string;
  readonly at: number;
}

/** How to sign in at the endpoint that is about to be asked. */
export interface Login {
  /** Posts a login form; a 401 is an answer, every other failure is thrown. */
  post(form: Readonly<Record<string, string>>): Promise<FetchAnswer>;
  /** Epoch ms of the server's clock as it last told: what its second factor goes by. */
  serverTime(): number;
}

/** What one call is sent with; `ticket`: of a login, which of its tickets. */
export interface Pass {
  readonly headers: Readonly<Record<string, string>>;
  readonly ticket?: Ticket;
}

export interface Session {
  readonly user: string;
  pass(now: number, method: string, login: Login): Promise<Pass>;
  /** A call was answered 401. True: the ticket had worked before, so a new one is worth one more try. */
  refused(pass: Pass, now: number, said: string): boolean;
  works(pass: Pass): void;
}

const minutes = (ms: number): number => Math.max(1, Math.ceil(ms / 60_000));

const grantedBy = (answer: FetchAnswer): Granted => {
  try {
    return Granted.parse(JSON.parse(answer.body)).data;
  } catch {
    throw new JarvisError("upstream_garbage", { message: "The login was answered without a ticket; is that a Proxmox VE node?", data: { reason: "not-proxmox" } });
  }
};

const authError = (message: string, why: string): JarvisError => new JarvisError("upstream_auth", { message, data: { reason: "auth", why } });

export const createSession = ({ user, password, totp }: { user: string; password: string; totp: string | undefined }): Session => {
  let ticket: Ticket | undefined;
  let pending: Promise<Ticket> | undefined;
  let failures = 0;
  let wrongCodes = 0;
  let heldUntil = 0;
  let heldWords = "";
  let lastStep = 0;
  let proven: Ticket | undefined;

  const hold = (now: number, message: string, why: string): JarvisError => {
    failures += 1;
    const gap = GAPS_MS[Math.min(failures, GAPS_MS.length) - 1] ?? 0;
    heldUntil = now + gap;
    heldWords = message;
    return authError(`${message} I try again in ${minutes(gap)} minutes, or at once when the configuration changes.`, why);
  };

  const secondFactor = async (now: number, challenge: string, login: Login): Promise<Granted> => {
    if (totp === undefined) throw hold(now, `${user} has a second factor: set plugins.proxmox.totp to its secret, or better make an API token.`, "second-factor");
    if (wrongCodes >= MOST_WRONG_CODES)
      throw hold(now, `${wrongCodes} codes of plugins.proxmox.totp were refused; I send no more, lest ${user} be locked. Correct the secret or the clocks.`, "second-factor");
    const step = stepOf(login.serverTime());
    if (step <= lastStep) throw new JarvisError("unavailable", { message: `The code of ${user}'s second factor was used already; the next one comes within 30 s.` });
    lastStep = step;
    const answer = await login.post({ username: user, password: `totp:${await codeOf(totp, step)}`, "tfa-challenge": challenge });
    if (answer.status === 401) {
      wrongCodes += 1;
      throw hold(
        now,
        `Proxmox refused the code of ${user}'s second factor (${wordsOf(answer)}): correct plugins.proxmox.totp, or compare this machine's clock with the node's.`,
        "second-factor",
      );
    }
    wrongCodes = 0;
    return grantedBy(answer);
  };

  const signIn = async (now: number, login: Login): Promise<Granted> => {
    const answer = await login.post({ username: user, password });
    if (answer.status === 401) throw hold(now, `Proxmox refused the login of ${user} (${wordsOf(answer)}). Correct user, password or realm in plugins.proxmox.`, "password");
    const granted = grantedBy(answer);
    return granted.NeedTFA === undefined ? granted : secondFactor(now, granted.ticket, login);
  };

  /** The old ticket is as good as the password and needs no second factor; undefined when the server takes it no more. */
  const renewed = async (old: Ticket, login: Login): Promise<Granted | undefined> => {
    const answer = await login.post({ username: user, password: old.ticket });
    return answer.status === 401 ? undefined : grantedBy(answer);
  };

  const obtain = async (now: number, login: Login): Promise<Ticket> => {
    const old = ticket !== undefined && now - ticket.at < TICKET_LIFE_MS ? ticket : undefined;
    const granted = (old && (await renewed(old, login))) ?? (await signIn(now, login));
    ticket = { ticket: granted.ticket, csrf: granted.CSRFPreventionToken ?? "", at: now };
    failures = 0;
    return ticket;
  };

  const current = async (now: number, login: Login): Promise<Ticket> => {
    if (ticket && now - ticket.at < RENEW_AFTER_MS) return ticket;
    if (now < heldUntil) throw authError(`${heldWords} I try again in ${minutes(heldUntil - now)} minutes, or at once when the configuration changes.`, "held");
    pending ??= obtain(now, login).finally(() => {
      pending = undefined;
    });
    return pending;
  };

  return {
    user,
    async pass(now, method, login) {
      const held = await current(now, login);
      const cookie = `PVEAuthCookie=${encodeURIComponent(held.ticket)}`;
      return { ticket: held, headers: method === "GET" ? { cookie } : { cookie, csrfpreventiontoken: held.csrf } };
    },
    refused(pass, now, said) {
      // Somebody else's call has already brought another one.
      if (pass.ticket !== ticket) return true;
      const wasGood = proven === ticket;
      ticket = undefined;
      if (wasGood) return true;
      heldUntil = now + FRESH_MS;
      heldWords = said;
      return false;
    },
    works(pass) {
      proven = pass.ticket;
    },
  };
};
