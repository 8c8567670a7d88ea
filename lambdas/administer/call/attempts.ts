import { MAX_CHANGE_ATTEMPTS, pauseAfter } from "../../change-attempts.ts";
import { ControlError, LostRaceError } from "./control-error.ts";

/** Makes a change anew while other changes come between. @throws {ControlError} `rate_limit_exceeded` after the last attempt */
export async function untilMade<T>(make: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await make();
    } catch (error) {
      if (!(error instanceof LostRaceError)) throw error;
      if (attempt === MAX_CHANGE_ATTEMPTS) throw tooManyChanges();
      await pauseAfter(attempt);
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
