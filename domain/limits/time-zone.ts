const KNOWN = new Map<string, boolean>();
/** There are about 600 names; more would be of a caller that tries them. */
const MAX_KNOWN = 1000;

/** Whether the runtime knows an IANA time zone, e.g. `Europe/Berlin`. */
export function isTimeZone(name: string): boolean {
  const known = KNOWN.get(name);
  if (known !== undefined) return known;
  const isKnown = hasRules(name);
  if (KNOWN.size < MAX_KNOWN) KNOWN.set(name, isKnown);
  return isKnown;
}

function hasRules(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
