import type { Priority } from "../../contracts/processes/priority.ts";
import type { BandItem } from "./fair-band.ts";

/** A waiting request; the queue compares by identity. */
export interface Waiting extends BandItem {
  readonly priority: Priority;
  /** Bytes of its body. */
  readonly bytes: number;
  /** Milliseconds of the caller's clock. */
  readonly arrivedAt: number;
  /** Deadline in the queue, in milliseconds of the same clock. Only the queue changes it. */
  deadline: number;
}
