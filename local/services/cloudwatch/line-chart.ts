import type { ChartSeries, ChartView } from "./dashboard-view.ts";
import type { MetricPoint } from "./metric-store.ts";

const WIDTH = 480;
const HEIGHT = 200;
const MARGIN = { left: 48, right: 8, top: 8, bottom: 20 } as const;
const PLOT = { width: WIDTH - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
/** Series differ by dashes too, not by colour alone. */
const DASHES = ["", "6 3", "2 3", "10 3 2 3"];
const COLOURS = 6;
const MOST_DOTS = 30;

/** An SVG of the chart's series over its range of time, with its values as text for screen readers. */
export function lineChart(chart: ChartView): string {
  const { from, to } = chart;
  const drawn = chart.series.filter(({ points }) => points.length > 0);
  const highest = Math.max(0, ...drawn.flatMap(({ points }) => points.map(({ value }) => value)));
  // A limit far above everything would press the lines to the ground.
  const limits = chart.limits.filter(({ value }) => value <= highest * 2 || chart.max !== undefined);
  const top = chart.max ?? niceTop(Math.max(highest, ...limits.map(({ value }) => value)));
  const x = (time: number) => round(MARGIN.left + ((time - from) / (to - from)) * PLOT.width);
  const y = (value: number) => round(MARGIN.top + PLOT.height * (1 - Math.min(value, top) / top));
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(summary(chart))}">`,
    ...[0, 0.5, 1].map((share) => gridLine(share * top, y(share * top))),
    `<text class="tick" x="${MARGIN.left}" y="${HEIGHT - 4}">${clock(from)}</text>`,
    `<text class="tick" x="${WIDTH - MARGIN.right}" y="${HEIGHT - 4}" text-anchor="end">${clock(to)}</text>`,
    ...limits.map(({ label, value }) => limitLine(label, y(value))),
    ...chart.series.map((each, index) => (each.points.length === 0 ? "" : drawSeries(each, index, x, y))),
    ...(drawn.length === 0
      ? [`<text class="nothing" x="${WIDTH / 2}" y="${HEIGHT / 2}" text-anchor="middle">no data in this time</text>`]
      : []),
    "</svg>",
  ].join("");
}

function drawSeries(
  { points }: ChartSeries,
  index: number,
  x: (time: number) => number,
  y: (value: number) => number,
): string {
  const style = `class="line c${index % COLOURS}" stroke-dasharray="${dashOf(index)}"`;
  const lines = unbroken(points).map(
    (part) => `<polyline ${style} points="${part.map(({ time, value }) => `${x(time)},${y(value)}`).join(" ")}"/>`,
  );
  // Rare values would be specks too small to see.
  const dots = points.length > MOST_DOTS ? [] : points;
  const marks = dots.map(
    ({ time, value }) => `<circle class="c${index % COLOURS}" cx="${x(time)}" cy="${y(value)}" r="2"/>`,
  );
  return `${lines.join("")}${marks.join("")}`;
}

/** Parts with values: a line through the gap between them would show values that were not measured. */
function unbroken(points: readonly MetricPoint[]): readonly (readonly MetricPoint[])[] {
  const steps = points.slice(1).map(({ time }, index) => time - (points[index]?.time ?? time));
  const step = Math.min(...steps);
  const starts = [0, ...steps.flatMap((length, index) => (length > step * 1.5 ? [index + 1] : []))];
  return starts.map((start, index) => points.slice(start, starts[index + 1]));
}

function gridLine(value: number, at: number): string {
  return (
    `<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${at}" y2="${at}"/>` +
    `<text class="tick" x="${MARGIN.left - 4}" y="${at + 4}" text-anchor="end">${short(value)}</text>`
  );
}

function limitLine(label: string, at: number): string {
  return (
    `<line class="limit" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${at}" y2="${at}"/>` +
    `<text class="limit-label" x="${MARGIN.left + 4}" y="${at - 3}">${escapeHtml(label)}</text>`
  );
}

/** A small picture of a line, for the legend. */
export function lineSample(index: number): string {
  const style = `class="line c${index % COLOURS}" stroke-dasharray="${dashOf(index)}"`;
  return `<svg class="sample" viewBox="0 0 24 8" aria-hidden="true"><line ${style} x1="0" x2="24" y1="4" y2="4"/></svg>`;
}

function dashOf(index: number): string {
  return DASHES[Math.floor(index / COLOURS) % DASHES.length] ?? "";
}

function summary({ title, unit, series }: ChartView): string {
  const now = series.map(({ label, points }) => {
    const last = points.at(-1);
    return `${label} ${last === undefined ? "no data" : short(last.value)}`;
  });
  return `${title} (${unit}), latest: ${now.join(", ")}`;
}

/** The next of 1, 2, 5, 10, 20, 50, … */
export function niceTop(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 5, 10].find((candidate) => value <= candidate * power * 1.0001) ?? 10;
  return factor * power;
}

/** At most four digits. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 1_000_000) return `${Number((value / 1_000_000).toPrecision(3))} M`;
  if (size >= 10_000) return `${Number((value / 1000).toPrecision(3))} k`;
  return String(size >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
}

export function clock(time: number): string {
  return new Date(time).toISOString().slice(11, 19);
}

export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
