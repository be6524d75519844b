// What comes in from plugins and goes out as words of an error, without secrets and with nothing hidden: from here on state, scenes, incidents and frames are clean.
import { JarvisError } from "../contract/error.ts";
import type { BoundDiagnose, BoundPrescribe } from "../incidents/bound.ts";
import type { Redactor } from "../lib/redact.ts";
import { visible, visibleData } from "../lib/visible.ts";
import type { BoundMonitor } from "../state/bound.ts";

/** Our own errors with their words cleaned; anything else stays inside anyway. */
export const cleanError = (redact: Redactor, thrown: unknown): unknown => {
  if (!(thrown instanceof JarvisError)) return thrown;
  const { cause, ...rest } = thrown.details;
  return new JarvisError(thrown.type, { ...redact.data(rest), message: redact.text(visible(thrown.message)), cause });
};

/** Data of a plugin: shown, then redacted. */
export const clean = <T>(redact: Redactor, value: T): T => redact.data(visibleData(value));

const attempt = async <T>(redact: Redactor, act: () => Promise<T>): Promise<T> => {
  try {
    return clean(redact, await act());
  } catch (thrown) {
    throw cleanError(redact, thrown);
  }
};

/** Once, where a reading enters: what is derived from it needs no cleaning. */
export const cleanMonitor = (redact: Redactor, monitor: BoundMonitor): BoundMonitor => {
  const { watch, probe, scene } = monitor;
  return {
    ...monitor,
    read: (signal) => attempt(redact, () => monitor.read(signal)),
    ...(watch === undefined ? {} : { watch: (emit, signal) => attempt(redact, () => watch((value) => emit(clean(redact, value)), signal)) }),
    ...(probe === undefined ? {} : { probe: (about, signal) => attempt(redact, () => probe(about, signal)) }),
    ...(scene === undefined ? {} : { scene: (about, signal) => attempt(redact, () => scene(about, signal)) }),
  };
};

export const cleanPrescribe = (redact: Redactor, prescribe: BoundPrescribe): BoundPrescribe => ({
  ...prescribe,
  read: (about, signal) => attempt(redact, () => prescribe.read(about, signal)),
});

export const cleanDiagnose = (redact: Redactor, diagnose: BoundDiagnose): BoundDiagnose => ({
  ...diagnose,
  read: (about, signal) => attempt(redact, () => diagnose.read(about, signal)),
});
