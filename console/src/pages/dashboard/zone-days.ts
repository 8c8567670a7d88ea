/** Days of a time zone, over sums by the hour of UTC: an hour counts for the day in which it begins. */

const HOUR_MS = 3_600_000;
/** The widest zones are 14 hours before and 12 behind UTC. */
const WIDEST_HOURS = 15;
const UTC = "UTC";

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-CA", {
    ...{ timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" },
    ...{ hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  });
  formatters.set(zone, made);
  return made;
}

function partsOf(ms: number, zone: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    formatterOf(zone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  );
}

/** Whether the browser knows a time zone of this IANA name. */
export function isZone(value: unknown): value is string {
  if (typeof value !== "string" || !/^[A-Za-z][\w+/-]{1,60}$/.test(value)) return false;
  try {
    formatterOf(value);
    return true;
  } catch {
    return false;
  }
}

/** The zone of the browser. */
export function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The day at an instant, as `2026-11-29`. @param zone IANA name @default UTC */
export function dayOf(ms: number, zone: string = UTC): string {
  if (zone === UTC) return new Date(ms).toISOString().slice(0, 10);
  const { year, month, day } = partsOf(ms, zone);
  return `${year}-${month}-${day}`;
}

/**
 * The first hour of a day, in milliseconds: its midnight, the hour after it where clocks go forward at midnight, or up to 45 minutes
 * after it in zones whose hours do not begin with those of UTC.
 */
export function startOfDay(day: string, zone: string = UTC): number {
  const utc = Date.parse(day);
  if (zone === UTC) return utc;
  for (let hour = -WIDEST_HOURS; hour < WIDEST_HOURS; hour += 1) {
    const ms = utc + hour * HOUR_MS;
    if (dayOf(ms, zone) >= day) return ms;
  }
  return utc;
}

/** Time of the zone at which the hours of a day begin, as `00:30`: in India, hours do not begin with those of UTC. */
export function timeOfStart(day: string, zone: string = UTC): string {
  const { hour, minute } = partsOf(startOfDay(day, zone), zone);
  return `${hour}:${minute}`;
}
