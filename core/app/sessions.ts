// The kill switch at `all`: closes what plugins hold open and lets nothing be held open until it is released. Single reads go on, so that the screen and accepted tasks can be followed.
import { JarvisError } from "../contract/error.ts";
import type { Sessions } from "../host/faces.ts";
import type { Log } from "../lib/log.ts";
import type { Switches } from "../tools/switches.ts";

const engaged = (): JarvisError => new JarvisError("unavailable", { message: "The kill switch is engaged (all): no plugin holds a connection open until it is released." });

export const createSessions = ({ switches, log }: { switches: Pick<Switches, "view" | "on">; log: Log }): Sessions => {
  const closers = new Set<(why: JarvisError) => void>();
  const isClosed = (): boolean => switches.view().killLevel === "all";
  let closed = isClosed();

  switches.on(({ killLevel }) => {
    const before = closed;
    closed = killLevel === "all";
    if (!closed || before) return;
    log("warn", "the kill switch (all) closes what plugins hold open", { plugins: closers.size });
    for (const close of closers) close(engaged());
  });

  return {
    refused: () => (isClosed() ? engaged() : undefined),
    on: (close) => {
      closers.add(close);
      return () => void closers.delete(close);
    },
  };
};
