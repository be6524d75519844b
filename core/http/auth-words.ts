// What a script hears that authenticates in the wrong place, late, or once more. Pure words; never tells a credential back.
import type { Caller } from "../contract/caller.ts";

const HOW = 'a message of its own, {"jsonrpc":"2.0","id":1,"method":"auth","params":{"token":"..."}}';
const CREDENTIALS = ["auth", "token", "authorization"];

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);
const credentialIn = (value: unknown): string | undefined => (isObject(value) ? CREDENTIALS.find((name) => Object.hasOwn(value, name)) : undefined);
const paramsOf = (value: unknown): unknown => (isObject(value) && "params" in value ? value.params : undefined);

/** Where a message that is not `auth` carries a credential all the same. `params`: also look among its params, where a method may have names of its own. */
const misplaced = (message: unknown, { params }: { params: boolean }): string | undefined => {
  const outer = credentialIn(message);
  if (outer !== undefined) return `\`${outer}\``;
  const inner = params ? credentialIn(paramsOf(message)) : undefined;
  return inner === undefined ? undefined : `\`params.${inner}\``;
};

/** To any other method before auth. */
export const authFirst = (message: unknown): string => {
  const where = misplaced(message, { params: true });
  return `Send auth first, ${HOW}.${where === undefined ? "" : ` What this message carried in ${where} was not looked at.`}`;
};

/** A credential beside a request counts for nothing, before auth and after: undefined where there is none. */
export const authBeside = (message: unknown): string | undefined => {
  const where = misplaced(message, { params: false });
  return where === undefined ? undefined : `auth is ${HOW}; ${where} inside another message counts for nothing, and that message was not carried out.`;
};

/** The close frame holds 123 bytes. */
export const TOO_LATE = "No auth within 5 seconds of hello. Connect anew and send it as the first message.";

const named = ({ kind, id }: Caller): string => `${kind} ${id}`;

/** To one who is in already. */
export const authAgain = (before: Caller, now: Caller): string =>
  named(before) === named(now) && before.scope === now.scope
    ? `This socket was authenticated already as ${named(now)}; once is enough.`
    : `This socket spoke as ${named(before)} (${before.scope}) until now, and speaks as ${named(now)} (${now.scope}) from here on; what it follows goes on.`;
