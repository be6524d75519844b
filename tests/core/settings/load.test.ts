// What jarvis.yaml may say, and how its faults are told: file, line, column and what was expected.
import { describe, expect, test } from "bun:test";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JarvisError } from "../../../core/contract/error.ts";
import { loadConfig } from "../../../core/settings/load.ts";

const load = (text: string, environment: Record<string, string> = {}) => {
  const folder = mkdtempSync(join(tmpdir(), "jarvis-config-"));
  const path = join(folder, "jarvis.yaml");
  writeFileSync(path, text);
  writeFileSync(join(folder, "secret.txt"), "s3cret-value\n");
  return { path, run: () => loadConfig({ path, get: (name) => environment[name] }) };
};

const complaint = (text: string, environment: Record<string, string> = {}): string => {
  const { path, run } = load(text, environment);
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof JarvisError && thrown.type === "configuration") return thrown.message.replaceAll(path, "jarvis.yaml");
    throw thrown;
  }
  return "accepted";
};

describe("a good file", () => {
  test("an empty one means act, loopback and no plugins", () => {
    expect(load("").run().config).toMatchObject({ autonomy: "act", self: "auto", protect: [], plugins: {}, server: { open: false } });
  });

  test("holes are filled from files beside it and from the environment; files, and what a name or key tells of, are known as secrets", () => {
    const loaded = load("plugins: { x: { token: '${file:secret.txt}', host: '${WHERE}', login: '${PVE_PASSWORD}', apiKey: '${K}' } }", {
      WHERE: "nas",
      PVE_PASSWORD: "p",
      K: "k",
    }).run();
    expect(loaded.config.plugins).toEqual({ x: { token: "s3cret-value", host: "nas", login: "p", apiKey: "k" } });
    expect(loaded.filled).toEqual(["s3cret-value", "p", "k"]);
  });

  test("a variable that is not set is taken from the file that NAME_FILE names, trimmed, and is known as a secret; one that is set goes first", () => {
    const folder = mkdtempSync(join(tmpdir(), "jarvis-config-"));
    writeFileSync(join(folder, "token"), "  jarvis@pve!x=1\n\n");
    const loaded = load("plugins: { x: { a: '${PVE}', b: 'u:${PVE}@h', c: '${SET}' } }", { PVE_FILE: join(folder, "token"), SET: "own", SET_FILE: join(folder, "absent") }).run();
    expect(loaded.config.plugins).toEqual({ x: { a: "jarvis@pve!x=1", b: "u:jarvis@pve!x=1@h", c: "own" } });
    expect(loaded.filled).toEqual(["jarvis@pve!x=1", "jarvis@pve!x=1"]);
  });

  test("a place in it can be named", () => {
    const loaded = load("autonomy: act\nplugins:\n  x:\n    endpoints: [a, b]\n").run();
    expect(loaded.place(["plugins", "x", "endpoints"])).toEndWith(":4:5");
  });
});

describe("a bad file", () => {
  test("every missing secret is told at once, each with its place", () => {
    expect(complaint("plugins:\n  x: { token: '${TOKEN_A}', key: '${file:absent.txt}' }\n  y: { token: 'a${TOKEN_B}' }\nautonomy: yolo\n").split("\n")).toEqual([
      expect.stringMatching(/^jarvis.yaml:2:8: plugins\.x\.token: \$\{TOKEN_A\}: the environment has no TOKEN_A\. Set it/),
      expect.stringMatching(/^jarvis.yaml:2:29: plugins\.x\.key: \$\{file:absent\.txt\}: .*absent\.txt does not exist\. Expected a text file/),
      expect.stringMatching(/^jarvis.yaml:3:8: plugins\.y\.token: \$\{TOKEN_B\}: the environment has no TOKEN_B/),
      expect.stringMatching(/^jarvis.yaml:4:1: autonomy: expected one of "observe"\|"propose"\|"act"/),
    ]);
  });

  test("a NAME_FILE that cannot be taken is told with its place and what was expected", () => {
    const folder = mkdtempSync(join(tmpdir(), "jarvis-config-"));
    writeFileSync(join(folder, "large"), "x".repeat(65_537));
    writeFileSync(join(folder, "fits"), "x".repeat(65_536));
    writeFileSync(join(folder, "empty"), "\n");
    const of = (file: string) => complaint("plugins:\n  x: { token: '${PVE}' }\n", { PVE_FILE: file });
    const begin = "jarvis.yaml:2:8: plugins.x.token: ${PVE}: ";
    const end = ". Expected a text file with the value alone in it, readable by the user Jarvis runs as";
    expect(of(join(folder, "absent"))).toBe(`${begin}PVE_FILE names ${folder}/absent, which does not exist${end}`);
    expect(of(folder)).toBe(`${begin}PVE_FILE names ${folder}, which is a folder, not a file${end}`);
    expect(of(join(folder, "large"))).toBe(`${begin}PVE_FILE names ${folder}/large, which is larger than 64 KiB${end}`);
    expect(of(join(folder, "empty"))).toBe(`${begin}PVE_FILE names ${folder}/empty, which is empty${end}`);
    expect(of("/dev/zero")).toContain("is larger than 64 KiB");
    expect(of(join(folder, "fits"))).toBe("accepted");
    expect(complaint("plugins: { x: { token: '${file:/dev/zero}' } }")).toContain("/dev/zero is larger than 64 KiB");
  });

  test("what is no YAML is told with its place once, and never with the lines themselves", () => {
    const cases: [string, string][] = [
      ["server: {port: 1\n", "jarvis.yaml:2:1: a list in [ ] or a mapping in { } is not closed: end it with ] or }, and indent what stands on further lines"],
      ["autonomy: act\nautonomy: observe\n", "jarvis.yaml:2:1: this key stands here twice: keep one of them"],
      ["self: 'auto\n", "jarvis.yaml:2:1: a text begins with a quote that is never closed: close it, or take the first one away"],
      ["self: *nobody\n", "jarvis.yaml:1:7: there is no anchor &nobody before this alias"],
    ];
    for (const [text, words] of cases) expect(complaint(text)).toBe(words);
    expect(complaint("self: &a auto\nautonomy: act\n")).toBe("accepted");
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`;
    expect(complaint(bomb)).toBe("jarvis.yaml: its aliases stand for too much; write the values out");
  });

  test("shapes are told in words with an example, and never as a pattern or with the value", () => {
    const cases: [string, string][] = [
      ["self: 105\n", "jarvis.yaml:1:1: self: expected auto, outside, or what Jarvis itself runs in: guest/ID, node/NAME or container/HOST/NAME, such as guest/105"],
      ["self: gest-105\n", "jarvis.yaml:1:1: self: expected auto, outside, or what"],
      ["protect: [nas]\n", "protect.0: expected a resource id: kind/name, such as guest/100"],
      ["depends: { nas: [guest/1] }\n", "depends.nas: this name does not fit: expected a resource id: kind/name, such as guest/105"],
      ["depends:\n  guest/105: [nas]\n", "jarvis.yaml:2:15: depends.guest/105.0: expected a resource id: kind/name, such as guest/105"],
      ["depends:\n  guest/105: [guest/1, Guest/105]\n", "jarvis.yaml:2:24: depends.guest/105.1: guest/105 cannot need itself"],
      ["depends: { guest/105: [] }\n", "depends.guest/105: expected at least one resource id, such as [storage/shared/nas]"],
      ["plugins: { My Plugin: {} }\n", "plugins.My Plugin: this name does not fit: a plugin's name is lower case letters"],
      ["models: { local: { baseUrl: x, model: m } }\n", "models.local.baseUrl: expected an address such as"],
      ["models: { local: { baseUrl: 'http://x/v1' } }\n", "models.local.model: is missing: expected the model's name there"],
      ["models: { cloud: { model: claude-sonnet-5-5 } }\n", "models.cloud.apiKey: is missing: expected the key, best from its file"],
      ["models: { cloud: { model: m, apiKey: k, dailyLimitUsd: -1 } }\n", "models.cloud.dailyLimitUsd"],
      ["models: { stays: [secrets] }\n", "models.stays.0"],
      ["server: { tls: { cert: /etc/cert.pem, key: '-----BEGIN KEY-----' } }\n", 'server.tls.cert: expected PEM text; take it from its file: "${file:'],
      ["clock: { anchor: noon }\n", "clock.anchor: expected a time in UTC such as"],
      ["server: { prot: 5278 }\n", "server.prot: there is no such key. Did you mean port? Known here: host, port,"],
      ["rules: [{ tool: x, actoin: ask, action: ask }]\n", "rules.0.actoin: there is no such key. Did you mean action?"],
    ];
    for (const [text, words] of cases) {
      expect(complaint(text)).toContain(words);
      expect(complaint(text)).not.toMatch(/pattern|\^|Invalid/);
    }
  });

  test.each([
    ["autonomy: act\nautonmy: act\n", "jarvis.yaml:2:1: autonmy: there is no such key. Did you mean autonomy?"],
    ["server:\n  port: eighty\n", "jarvis.yaml:2:3: server.port:"],
    ["autonomy: yolo\n", "jarvis.yaml:1:1: autonomy:"],
    ["server: {port: 1\n", "jarvis.yaml:"],
    ["rules:\n  - {tool: x, action: maybe}\n", "rules.0.action"],
    ["rules:\n  - {target: 102, action: ask}\n", "rules.0.target"],
    ["rules:\n  - {action: ask}\n  - {when: at night, action: ask}\n", "rules.1.when: expected hours such as 22:00-06:00"],
    ["rules:\n  - {caller: robot, action: ask}\n", "rules.0.caller: expected one of operator"],
    ["timeZone: Mars/Olympus\n", "timeZone: expected a time zone's name such as Europe/Berlin"],
    ["plugins: { x: { token: '${file:absent.txt}' } }", "does not exist"],
    ["plugins: { x: { token: '${NOPE}' } }", "the environment has no NOPE"],
    ["autonomy: act\nautonomy: observe\n", "jarvis.yaml:2:1"],
  ])("%p is refused with its place", (text, expected) => {
    expect(complaint(text)).toContain(expected);
  });
});
