// Which values of a configuration are secrets, so that the redactor knows them. Pure.

const TELLING = /(pass|secret|token|key$|apikey|authorization|smtp|totp)/i;
const LEAST_LENGTH = 8;

/** Values of telling keys, what was filled in from files or the environment, and the part behind `=` of a `user@realm!id=UUID` token. */
export const secretsOf = (plugins: unknown, filled: readonly string[], more: readonly (string | undefined)[] = []): string[] => {
  const found: string[] = [...filled];
  const walk = (value: unknown, key: string, depth: number): void => {
    if (depth > 20) return;
    if (typeof value === "string") {
      if (TELLING.test(key) && !/^(\/|\.\/)/.test(value)) found.push(value, ...(value.includes("=") ? [value.slice(value.lastIndexOf("=") + 1)] : []));
      return;
    }
    if (Array.isArray(value)) for (const entry of value) walk(entry, key, depth + 1);
    else if (typeof value === "object" && value !== null) for (const [name, entry] of Object.entries(value)) walk(entry, name, depth + 1);
  };
  walk(plugins, "", 0);
  return [...found, ...more.filter((one) => one !== undefined)].map((one) => one.trim()).filter((one) => one.length >= LEAST_LENGTH);
};
