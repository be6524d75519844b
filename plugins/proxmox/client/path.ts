// Paths of the Proxmox API with every filled-in part escaped, so that a name can never become another path.

/** path`/nodes/${node}/tasks/${upid}/status` */
export const path = (words: TemplateStringsArray, ...parts: readonly (string | number)[]): string =>
  words.map((word, index) => (index < parts.length ? word + encodeURIComponent(String(parts[index])) : word)).join("");

export type Query = Readonly<Record<string, string | number>>;

export const withQuery = (bare: string, query: Query = {}): string => {
  const entries = Object.entries(query);
  if (entries.length === 0) return bare;
  return `${bare}?${new URLSearchParams(Object.fromEntries(entries.map(([key, value]) => [key, String(value)]))).toString()}`;
};
