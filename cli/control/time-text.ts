import { isoTime } from "../../lib/time/iso-time.ts";
import { UserError } from "../terminal/user-error.ts";

/** Unix seconds of a date (its beginning in UTC) or a time with zone. @throws {UserError} */
export function secondsOf(option: string, text: string): number {
  const ms = isoTime(text);
  if (!Number.isNaN(ms)) return Math.floor(ms / 1000);
  throw new UserError(
    `${option} must be a date or a time with zone, such as 2027-01-31 or 2027-01-31T18:00:00Z, got ${text}.`,
  );
}

export function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000", "");
}
