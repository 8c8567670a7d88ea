/**
 * Whether a text has the form of a pattern, in which `*` stands for any text, as in IAM's `StringLike`. Each part is
 * searched for once, so that no pattern takes long.
 */
export function matchesPattern(text: string, pattern: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let from = first.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}

/** Whether a claim has a value of the pattern's form; of a list, one of its values. Objects have no form. */
export function claimMatches(claim: unknown, pattern: string): boolean {
  if (Array.isArray(claim)) return claim.some((value) => !Array.isArray(value) && claimMatches(value, pattern));
  const isPlain = typeof claim === "string" || typeof claim === "number" || typeof claim === "boolean";
  return isPlain && matchesPattern(String(claim), pattern);
}
