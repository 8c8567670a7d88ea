import type { RatePoint } from "./token-rates.ts";

const WIDTH = 600;
const HEIGHT = 80;
const SHOWN_MS = 120_000;

/** Rates of the last two minutes as a line. Its newest figure stands beside it as text. */
export function RateChart({ points, label }: { readonly points: readonly RatePoint[]; readonly label: string }) {
  const end = points.at(-1)?.at ?? 0;
  const top = Math.max(1, ...points.map(({ perSecond }) => perSecond));
  const line = points.map(({ at, perSecond }) => {
    const x = WIDTH * (1 - (end - at) / SHOWN_MS);
    return `${x.toFixed(1)},${(HEIGHT * (1 - perSecond / top)).toFixed(1)}`;
  });
  return (
    <svg
      className="rate-chart"
      viewBox={`0 -2 ${WIDTH} ${HEIGHT + 4}`}
      role="img"
      aria-label={label}
      preserveAspectRatio="none"
    >
      <polyline
        points={line.join(" ")}
        fill="none"
        stroke="var(--series-1)"
        strokeWidth="2"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
