// What an error of `run` proves: that nothing was done (definitive), or nothing at all. Pure.
import { type ErrorType, JarvisError } from "../contract/error.ts";

/**
 * Definitive: the other side answered no, or we never got as far as a request. All else may have happened: a lost reply proves nothing,
 * and neither does a bug in the tool.
 */
const DEFINITIVE: readonly ErrorType[] = [
  "bad_input",
  "too_large",
  "not_found",
  "ambiguous",
  "unauthorised",
  "scope",
  "operator_only",
  "permission",
  "rate",
  "method_not_found",
  "configuration",
  "upstream_denied",
  "upstream_auth",
  "upstream_tls",
];

/** A tool that knows the outcome says so itself: `data: {definitive: true}` (the other side answered no in its own words, a step before the act failed). */
export const isDefinitive = (thrown: unknown): boolean => thrown instanceof JarvisError && (DEFINITIVE.includes(thrown.type) || thrown.details.data?.definitive === true);
