import { BATCHES_POLL_SECONDS } from "../../contracts/processes/poll-intervals.ts";

export interface BatchTiming {
  readonly pollMs: number;
  readonly heartbeatMs: number;
  readonly retryMs: number;
  readonly failureMs: number;
  readonly linesPerSlice: number;
}

export const TIMING: BatchTiming = {
  pollMs: BATCHES_POLL_SECONDS * 1000,
  /** Of the lease's 30 s: a gateway that dies is noticed after those, a cancelled batch after this. */
  heartbeatMs: 5000,
  /** First wait after a refused line. */
  retryMs: 1000,
  /** First wait after a failure of storage; doubles to five minutes. */
  failureMs: 5000,
  /** What a crash repeats at most, and how finely gateways share a batch. */
  linesPerSlice: 50,
};
