// Reads the totals and the skipped tests' names out of `bun test --reporter=junit`. Pure; refuses text that holds no totals.

export interface Report {
  readonly tests: number;
  readonly failures: number;
  readonly skipped: number;
  readonly skips: readonly string[];
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

const plain = (text: string): string => text.replaceAll(/&(lt|gt|quot|apos|amp);/g, (whole, name: string) => ENTITIES[name] ?? whole);

export const readJunit = (xml: string): Report | undefined => {
  const head = /<testsuites [^>]*?tests="(\d+)"[^>]*?failures="(\d+)"[^>]*?skipped="(\d+)"/.exec(xml);
  if (!head) return undefined;
  const skips = [...xml.matchAll(/<testcase name="([^"]*)" classname="([^"]*)"[^>]*[^/]>\s*<skipped/g)].map(([, name = "", suite = ""]) =>
    plain(suite ? `${suite} > ${name}` : name),
  );
  return { tests: Number(head[1]), failures: Number(head[2]), skipped: Number(head[3]), skips };
};
