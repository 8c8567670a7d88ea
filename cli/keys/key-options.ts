import { AddressRange, KeyScope } from "../../contracts/processes/auth.ts";
import { IDEMPOTENCY_KEY } from "../../domain/keys/rotate-key.ts";
import { isoTime } from "../../lib/time/iso-time.ts";
import { UserError } from "../terminal/user-error.ts";

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of a time span such as `90d`, `24h`, `30m`, `10s` or `0`. @throws {UserError} */
export function spanSeconds(option: string, text: string): number {
  if (text === "0") return 0;
  const [, count, unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count === undefined)
    throw new UserError(`${option} must be a time span, got "${text}"; write it like 90d, 24h, 30m or 0.`);
  return Number(count) * (UNIT_SECONDS[unit] ?? 1);
}

/** A time in the future: a span from now, or in ISO 8601 a date (its beginning in UTC) or a time with zone. @throws {UserError} */
export function expiryOf(text: string, now: Date): string {
  const isDate = /^\d{4}-\d{2}-\d{2}/.test(text);
  const at = isDate ? new Date(isoTime(text)) : new Date(now.getTime() + 1000 * spanSeconds("--expires", text));
  if (Number.isNaN(at.getTime()))
    throw new UserError(
      `--expires must be a date or a time with zone in ISO 8601, got "${text}"; write it like 2027-01-31, 2027-01-31T12:00Z ` +
        "or 2027-01-31T12:00+01:00.",
    );
  if (at <= now)
    throw new UserError(`--expires must be in the future, got ${at.toISOString()}; write a later date, or like 90d.`);
  return at.toISOString();
}

/** @throws {UserError} */
export function scopesOption(texts: readonly string[]): KeyScope[] {
  return listOption(texts).map((text) => {
    const scope = KeyScope.safeParse(text);
    if (scope.success) return scope.data;
    throw new UserError(
      `--scope must be ${KeyScope.options.join(" or ")}, got "${text}"; omit it for a key that uses models.`,
    );
  });
}

/** @throws {UserError} */
export function addressesOption(texts: readonly string[]): string[] {
  return listOption(texts).map((text) => {
    if (AddressRange.safeParse(text).success) return text;
    throw new UserError(
      `--addresses must be ranges in CIDR notation, got "${text}"; write one like 203.0.113.0/24, or 203.0.113.7/32.`,
    );
  });
}

/** Several arguments, or one with commas. */
export function listOption(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.split(",")).flatMap((text) => text.trim() || []);
}

/** @throws {UserError} */
export function idempotencyKeyOption(text: string | undefined): string | undefined {
  if (text === undefined || (text.length >= IDEMPOTENCY_KEY.min && text.length <= IDEMPOTENCY_KEY.max)) return text;
  throw new UserError(
    `--idempotency-key must have ${IDEMPOTENCY_KEY.min} to ${IDEMPOTENCY_KEY.max} characters, got ${text.length}; ` +
      "use a random one, such as the output of uuidgen.",
  );
}
