/**
 * The smallest of the values that at least this share of them doesn't exceed (nearest rank).
 * @param share from 0 to 1: 0.99 for p99
 * @returns `NaN` where there are no values
 */
export function percentile(values: Iterable<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[nearestRank(sorted.length, share) - 1] ?? Number.NaN;
}

/**
 * The same of values that are counted.
 * @param counts of values, in ascending order of the values
 * @returns `NaN` where there are no values
 */
export function percentileOfCounts(
  counts: readonly (readonly [value: number, count: number])[],
  share: number,
): number {
  let left = nearestRank(
    counts.reduce((sum, [, count]) => sum + count, 0),
    share,
  );
  for (const [value, count] of counts) {
    left -= count;
    if (left <= 0) return value;
  }
  return Number.NaN;
}

function nearestRank(count: number, share: number): number {
  // Binary fractions make 0.95 * 20 a hair more than 19, which must not be the 20th value.
  return Math.min(count, Math.max(1, Math.ceil(share * count - 1e-9)));
}

/** p50, p95 and p99 of the values, rounded. @param digits behind the decimal point */
export function percentiles(
  values: Iterable<number>,
  digits: number,
): { readonly p50: number; readonly p95: number; readonly p99: number } {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => Math.round(percentile(sorted, share) * 10 ** digits) / 10 ** digits;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
