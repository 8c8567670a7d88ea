import { createHash } from "node:crypto";
import type { ChartView, WidgetView } from "./dashboard-view.ts";
import { clock, escapeHtml, lineChart, lineSample, short } from "./line-chart.ts";

export interface AlarmStatus {
  readonly name: string;
  readonly description: string;
  readonly state: string;
}

export interface DashboardPageProps {
  readonly name: string;
  readonly widgets: readonly WidgetView[];
  /** By ARN; a widget's alarm that is not here is none of the twin's. */
  readonly alarms: ReadonlyMap<string, AlarmStatus>;
  readonly from: number;
  readonly to: number;
  readonly periodSeconds: number;
}

const REFRESH_SECONDS = 5;
/** Rows of a chart's table: the last ones. */
const TABLE_ROWS = 12;

const STYLE = `
:root { color-scheme: light dark; --ink: #1a1f29; --soft: #5b6472; --paper: #fff; --back: #f3f5f8; --edge: #d5dae1; --bad: #b3261e; --good: #1b6e3c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebf0; --soft: #a3acba; --paper: #1b2029; --back: #12161c; --edge: #39414d; --bad: #ff8a80; --good: #7fd6a0; } }
body { margin: 0; padding: 1rem; background: var(--back); color: var(--ink); font: 14px/1.4 system-ui, sans-serif; }
h1 { font-size: 1.3rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: .5rem 0 0; } h3 { font-size: .95rem; margin: 0 0 .25rem; }
p { margin: 0; color: var(--soft); }
main { display: grid; grid-template-columns: repeat(24, 1fr); gap: .75rem; }
section { grid-column: span 8; min-width: 0; } section.w24 { grid-column: span 24; } section.w12 { grid-column: span 12; } section.w6 { grid-column: span 6; }
section.card { background: var(--paper); border: 1px solid var(--edge); border-radius: 6px; padding: .6rem; }
.unit { color: var(--soft); font-weight: normal; }
svg { width: 100%; height: auto; display: block; }
.sample { display: inline-block; width: 24px; height: 8px; vertical-align: middle; }
.grid { stroke: var(--edge); } .tick, .nothing, .limit-label { fill: var(--soft); font-size: 11px; }
.limit { stroke: var(--bad); stroke-dasharray: 3 3; } .limit-label { fill: var(--bad); }
.line { fill: none; stroke: var(--c); stroke-width: 1.8; } circle { fill: var(--c); }
.c0 { --c: #2f6fde; } .c1 { --c: #d9741a; } .c2 { --c: #2c9a62; } .c3 { --c: #b3439b; } .c4 { --c: #8a6d1d; } .c5 { --c: #5a67c9; }
ul { list-style: none; margin: .25rem 0 0; padding: 0; } .legend li { display: inline-block; margin-right: .8rem; }
.alarms li { margin-bottom: .3rem; } .alarms b { display: inline-block; min-width: 5rem; } .ALARM { color: var(--bad); } .OK { color: var(--good); }
summary { color: var(--soft); cursor: pointer; } summary:focus-visible { outline: 2px solid #2f6fde; }
table { border-collapse: collapse; font-size: 12px; } th, td { border: 1px solid var(--edge); padding: .1rem .4rem; text-align: right; }
.scroll { overflow-x: auto; }
@media (max-width: 60rem) { section { grid-column: 1 / -1; } }
`;

/** Takes the page's new content and leaves open what the reader opened. */
const SCRIPT = `
setInterval(async () => {
  try {
    const text = await (await fetch(location.href)).text();
    const fresh = new DOMParser().parseFromString(text, "text/html");
    for (const open of document.querySelectorAll("details[open]")) fresh.getElementById(open.id)?.setAttribute("open", "");
    const focused = document.activeElement?.closest?.("details")?.id;
    document.querySelector("main").replaceWith(fresh.querySelector("main"));
    document.getElementById("range").replaceWith(fresh.getElementById("range"));
    if (focused) document.getElementById(focused)?.querySelector("summary").focus();
  } catch {}
}, ${REFRESH_SECONDS * 1000});
`;

const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** The page runs its own script and style, and talks to where it came from. */
export const DASHBOARD_POLICY = `default-src 'none'; script-src ${hash(SCRIPT)}; style-src ${hash(STYLE)}; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** A dashboard as one page without anything to load: what CloudWatch's console would draw of the same JSON. */
export function dashboardPage(props: DashboardPageProps): string {
  const { name, widgets, from, to, periodSeconds } = props;
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(name)}</title><style>${STYLE}</style></head><body>`,
    `<header><h1>${escapeHtml(name)}</h1>`,
    `<p id="range">${clock(from)} to ${clock(to)} UTC, ${periodSeconds} s each, renewed every ${REFRESH_SECONDS} s</p></header>`,
    `<main>${widgets.map((widget, index) => section(widget, index, props)).join("")}</main>`,
    `<script>${SCRIPT}</script></body></html>`,
  ].join("\n");
}

function section(widget: WidgetView, index: number, props: DashboardPageProps): string {
  const span = `w${widget.width}`;
  if (widget.kind === "text")
    return `<section class="${span}"><h2>${escapeHtml(widget.heading)}</h2><p>${escapeHtml(widget.text)}</p></section>`;
  const id = `widget-${index}`;
  const body = widget.kind === "chart" ? chartBody(widget, index) : alarmsBody(widget.arns, props.alarms);
  const unit = widget.kind === "chart" ? ` <span class="unit">${escapeHtml(widget.unit)}</span>` : "";
  return `<section class="card ${span}" aria-labelledby="${id}"><h3 id="${id}">${escapeHtml(widget.title)}${unit}</h3>${body}</section>`;
}

function chartBody(chart: ChartView, index: number): string {
  const withData = chart.series.map((each, at) => ({ ...each, at })).filter(({ points }) => points.length > 0);
  const legend = withData.map(({ label, points, at }) => {
    const last = points.at(-1);
    return `<li>${lineSample(at)} ${escapeHtml(label)} ${last === undefined ? "" : short(last.value)}</li>`;
  });
  return `${lineChart(chart)}<ul class="legend">${legend.join("")}</ul>${table(chart, `table-${index}`)}`;
}

function table({ title, series }: ChartView, id: string): string {
  const shown = series.filter(({ points }) => points.length > 0);
  const times = [...new Set(shown.flatMap(({ points }) => points.map(({ time }) => time)))].sort((a, b) => b - a);
  const rows = times.slice(0, TABLE_ROWS).map((time) => {
    const cells = shown.map(({ points }) => {
      const point = points.find((candidate) => candidate.time === time);
      return `<td>${point === undefined ? "" : short(point.value)}</td>`;
    });
    return `<tr><th scope="row">${clock(time)}</th>${cells.join("")}</tr>`;
  });
  if (rows.length === 0) return "";
  const head = shown.map(({ label }) => `<th scope="col">${escapeHtml(label)}</th>`);
  return (
    `<details id="${id}"><summary>${escapeHtml(title)} as a table</summary><div class="scroll"><table>` +
    `<thead><tr><th scope="col">time</th>${head.join("")}</tr></thead><tbody>${rows.join("")}</tbody></table></div></details>`
  );
}

function alarmsBody(arns: readonly string[], alarms: ReadonlyMap<string, AlarmStatus>): string {
  const known = arns.flatMap((arn) => alarms.get(arn) ?? []);
  const items = known.map(
    ({ name, description, state }) =>
      `<li><b class="${escapeHtml(state)}">${escapeHtml(state)}</b> <span title="${escapeHtml(description)}">${escapeHtml(name)}</span></li>`,
  );
  return `<ul class="alarms">${items.join("")}</ul>`;
}
