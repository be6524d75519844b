// Who Jarvis is among the things it sees: its own signs read once, compared whenever the resources change.
import type { Resources } from "../state/resources.ts";
import { compareSelf, readIdentity, type SelfView } from "../tools/self.ts";

interface Options {
  /** auto, outside, or a resource id. */
  configured: string;
  identityFile: string | undefined;
  resources: Resources;
  changed: () => void;
}

export const createSelf = ({ configured, identityFile, resources, changed }: Options) => {
  const own = readIdentity(identityFile === undefined ? {} : { file: identityFile });
  let view = compareSelf(configured, own, []);

  resources.on(() => {
    const now = compareSelf(configured, own, resources.list());
    if (JSON.stringify(now) === JSON.stringify(view)) return;
    view = now;
    changed();
  });
  return { view: (): SelfView => view };
};
