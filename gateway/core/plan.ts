import type { Target } from "./target.ts";

/** The targets that may answer a request, and how long each of them is waited for. */
export interface Plan {
  /** Best first; never empty. */
  readonly targets: readonly [Target, ...Target[]];
  /** Silence of a target before its first byte after which the next one is tried, in milliseconds. @default - its own limit */
  readonly failoverAfterMs: number | undefined;
  /** The same after which another target is called beside it. @default - never */
  readonly hedgeAfterMs: number | undefined;
}
