import { rounded } from "../machine.ts";

export interface Slope {
  readonly estimate: number;
  /** The 95 % interval, as if the points' distances from the line were independent. */
  readonly interval: readonly [number, number];
}

/** Slope of the line that has the least squared distances from the points (x, y). */
export function fitLine(points: readonly (readonly [number, number])[]): Slope {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanX = mean(points.map(([x]) => x));
  const meanY = mean(points.map(([, y]) => y));
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread;
  const residual = points.reduce((sum, [x, y]) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  const error = 1.96 * Math.sqrt(residual / (points.length - 2) / spread);
  return { estimate: rounded(slope), interval: [rounded(slope - error), rounded(slope + error)] };
}
