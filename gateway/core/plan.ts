import type { Target } from "./target.ts";

/** The targets that may serve a request, and the time limits for each of them. */
export interface Plan {
  /** Best first; never empty. */
  readonly targets: readonly [Target, ...Target[]];
  /** Silence of a target before its first byte after which the next one is tried, in milliseconds. @default - its own limit */
  readonly failoverAfterMs: number | undefined;
  /** The same after which another target is called beside it. @default - never */
  readonly hedgeAfterMs: number | undefined;
}
