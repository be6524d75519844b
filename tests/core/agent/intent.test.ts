// What acts and what does not, sentence by sentence.
import { expect, test } from "bun:test";
import { readIntent } from "../../../core/agent/reflex/intent.ts";

const ACTS: [string, string, string][] = [
  ["restart nginx", "restart", "nginx"],
  ["Please restart the nginx container", "restart", "the nginx container"],
  ["Jarvis, start jellyfin", "start", "jellyfin"],
  ["could you reboot immich?", "restart", "immich"],
  ["stop guest 105.", "stop", "guest 105"],
  ["shut down nextcloud", "stop", "nextcloud"],
  ["/restart grafana", "restart", "grafana"],
  ["turn off win-lab", "stop", "win-lab"],
];
test.each(ACTS)("%p is an act", (text, verb, what) => {
  expect(readIntent(text)).toMatchObject({ kind: "act", verb, what });
});

const NEVER = [
  "do not restart nginx",
  "don't restart nginx",
  "never stop postgres",
  "why did you restart nginx",
  "why did you restart nginx?",
  "should I restart nginx?",
  "did you restart nginx?",
  "what happens if I restart nginx",
  "how do I restart nginx",
  "restart nginx if it fails",
  "restart nginx at 5",
  "stop jellyfin tomorrow",
  "please do not stop it",
  "who restarted nginx?",
  "I would rather you didn't restart nginx",
  "nobody should restart nginx",
  "is restarting nginx safe?",
  "the log says: restart nginx",
  "when did nginx restart?",
  "restart of nginx was a mistake",
  "stop restarting nginx",
  "restart nginx in 5 minutes",
  "restart nginx in an hour",
];
test.each(NEVER)("%p starts nothing", (text) => {
  expect(readIntent(text).kind).not.toBe("act");
});

test("status, trouble, why, today and help are told apart", () => {
  expect(readIntent("what's wrong?").kind).toBe("wrong");
  expect(readIntent("status").kind).toBe("overview");
  expect(readIntent("how are things?").kind).toBe("overview");
  expect(readIntent("status of nextcloud")).toEqual({ kind: "status", what: "nextcloud" });
  expect(readIntent("how is nextcloud doing?")).toEqual({ kind: "status", what: "nextcloud" });
  expect(readIntent("is jellyfin running?")).toEqual({ kind: "status", what: "jellyfin" });
  expect(readIntent("why did nextcloud stop?")).toEqual({ kind: "why", what: "nextcloud" });
  expect(readIntent("why did stopped-by-hand stop?")).toEqual({ kind: "why", what: "stopped-by-hand" });
  for (const words of ["who stopped nextcloud?", "what stopped nextcloud", "who has shut down nextcloud", "when did nextcloud stop?", "explain why nextcloud stopped"])
    expect(readIntent(words)).toEqual({ kind: "why", what: "nextcloud" });
  expect(readIntent("what's the status of nextcloud?")).toEqual({ kind: "status", what: "nextcloud" });
  expect(readIntent("why is nextcloud down?")).toEqual({ kind: "why", what: "nextcloud" });
  expect(readIntent("what did you do today?").kind).toBe("today");
  expect(readIntent("help").kind).toBe("help");
});
