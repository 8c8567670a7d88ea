import { setTimeout as sleep } from "node:timers/promises";
import { ControlError, LostRaceError } from "./control-error.ts";

/** How often a change is tried while other changes come between. */
const MAX_ATTEMPTS = 12;
/**
 * Longest wait before the second attempt, in milliseconds, and before any. Of changes that wait at random, few meet again: all
 * of one admin key require the record of its user, and DynamoDB cancels transactions that meet at one record.
 */
const PAUSE_MS = { first: 25, most: 400 } as const;

/** Makes a change anew while other changes come between. @throws {ControlError} `rate_limit_exceeded` after the last attempt */
export async function untilMade<T>(make: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await make();
    } catch (error) {
      if (!(error instanceof LostRaceError)) throw error;
      if (attempt === MAX_ATTEMPTS) throw tooManyChanges();
      await sleep(Math.random() * Math.min(PAUSE_MS.most, PAUSE_MS.first * 2 ** attempt));
    }
  }
}

/** A change with `If-Match` is not of these: where the object has another version, its next attempt finds that. */
function tooManyChanges(): ControlError {
  return new ControlError(
    "rate_limit_exceeded",
    "Too many other changes are made at the same time. Wait for the seconds given in Retry-After.",
    { retryAfterSeconds: 1 },
  );
}
