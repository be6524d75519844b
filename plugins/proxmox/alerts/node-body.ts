// What a machine's journal says of its body: it is too hot, or its UPS runs on battery. A single throttle under load is everyday; the UPS' last word counts.
import type { Alert } from "jarvis";
import type { Heard } from "./cluster-links.ts";
import { alertOf, isOpen, nodeId } from "./tell.ts";

const [RAISE_THROTTLED, KEEP_THROTTLED] = [4, 1];

export const bodyAlerts = (heard: readonly (Heard & { ups?: { state: "battery" | "line"; at: string; line: string } | undefined })[], open: readonly Alert[]): Alert[] =>
  heard.flatMap(({ name, at, words, busy, ups }) => {
    const resource = nodeId(name);
    const hot = isOpen(open, "node-hot", resource) ? KEEP_THROTTLED : busy ? RAISE_THROTTLED * 2 : RAISE_THROTTLED;
    return [
      ...(words.throttled < hot
        ? []
        : [
            alertOf({
              key: "node-hot",
              resource,
              severity: "warning",
              title: `${name} overheats and slows itself down`,
              why: `its processors were throttled ${words.throttled} times in a few minutes: a fan, dust or the room. When it gets worse it switches off, and what runs on it with it`,
              cause: "heat",
              evidence: words.lines.map((what) => ({ what, source: `GET /nodes/${name}/journal`, at })),
            }),
          ]),
      ...(ups?.state !== "battery"
        ? []
        : [
            alertOf({
              key: "ups-on-battery",
              resource,
              severity: "critical",
              title: `The UPS of ${name} runs on battery`,
              why: "mains power is gone and the UPS has not said that it is back: shut guests down in good order while the battery lasts, those that write most first",
              cause: "power",
              evidence: [{ what: ups.line, source: `GET /nodes/${name}/journal`, at: ups.at }],
            }),
          ]),
    ];
  });
