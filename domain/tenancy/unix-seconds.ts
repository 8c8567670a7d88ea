/** Whole seconds since 1970, of milliseconds. */
export function unixSeconds(ms: number): number {
  return Math.floor(ms / 1000);
}
