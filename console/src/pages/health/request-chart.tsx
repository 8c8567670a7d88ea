import type { ModelHealth } from "../../../../contracts/live/service-health.ts";

const WIDTH = 600;
const HEIGHT = 60;

interface RequestChartProps {
  readonly history: ModelHealth["history"];
  readonly label: string;
}

/** Requests of each part of the window as a bar, with those that failed in it. Its sums stand beside it as text. */
export function RequestChart({ history, label }: RequestChartProps) {
  const top = Math.max(1, ...history.map(({ requests }) => requests));
  const width = WIDTH / Math.max(1, history.length);
  const bar = (index: number, count: number) => {
    const height = (HEIGHT * count) / top;
    return { x: index * width, y: HEIGHT - height, width: width - 2, height };
  };
  return (
    <svg
      className="request-chart"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={label}
      preserveAspectRatio="none"
    >
      {history.map(({ at, requests, failures }, index) => (
        <g key={at}>
          <rect {...bar(index, requests)} fill="var(--series-1)" />
          <rect {...bar(index, Math.min(failures, requests))} fill="var(--bad-line)" />
        </g>
      ))}
    </svg>
  );
}
