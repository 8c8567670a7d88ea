/** Levels of objects and arrays in JSON from outside. Tool schemas of real clients have under 20. */
export const MAX_JSON_DEPTH = 64;

/**
 * Finds parsed JSON that is nested deeper than `MAX_JSON_DEPTH`: recursion over it, `JSON.stringify`'s included, may
 * overflow the stack. Uses no recursion itself.
 * @returns the top-level field, or index, under which it is, or `undefined` when it is not that deep
 */
export function tooDeepField(root: unknown): string | undefined {
  if (!isContainer(root)) return undefined;
  for (const [field, value] of Object.entries(root)) if (isDeeper(value, MAX_JSON_DEPTH - 1)) return field;
  return undefined;
}

/** Goes down level by level: what is open at one time is one level's containers. */
function isDeeper(value: unknown, levels: number): boolean {
  let level: readonly object[] = isContainer(value) ? [value] : [];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= levels) return true;
    const next: object[] = [];
    for (const one of level) for (const child of Object.values(one)) if (isContainer(child)) next.push(child);
    level = next;
  }
  return false;
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
