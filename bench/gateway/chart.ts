import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What the chart shows of a row of `results/gateway.json`. */
export interface ChartRow {
  readonly system: string;
  readonly version: string;
  readonly shape: string;
  readonly perSecondPerCore: number;
  readonly rssMiB: number;
}

interface Panel {
  readonly title: string;
  readonly bars: readonly { readonly label: string; readonly value: number; readonly isOurs: boolean }[];
}

const NAMES: Readonly<Record<string, string>> = {
  sluice: "Sluice",
  bare: "bare relay",
  portkey: "Portkey",
  litellm: "LiteLLM",
  "vllm-router": "vLLM router",
  "sglang-router": "SGLang router",
};
const WIDTH = 720;
const LABEL_WIDTH = 150;
const VALUE_WIDTH = 70;
const BAR_HEIGHT = 20;
const GAP = 8;
const TITLE_HEIGHT = 34;

/** An SVG of bars, longest possible at the right edge; readable on a light and a dark page. */
export function gatewayChart(rows: readonly ChartRow[]): string {
  const panel = (title: string, shape: string, value: (row: ChartRow) => number): Panel => ({
    title,
    bars: rows
      .filter((row) => row.shape === shape)
      .map((row) => ({
        label: `${NAMES[row.system] ?? row.system} ${row.version.replace(/^v/, "")}`,
        value: Math.round(value(row)),
        isOurs: row.system === "sluice",
      })),
  });
  const panels = [
    panel("Whole responses per second and core (more is better)", "json", (row) => row.perSecondPerCore),
    panel("Streams of 31 events per second and core (more is better)", "sse", (row) => row.perSecondPerCore),
    panel("Resident memory in MiB after the streams (less is better)", "sse", (row) => row.rssMiB),
  ].filter(({ bars }) => bars.length > 0);
  let top = 0;
  const parts = panels.map((one) => {
    const drawn = drawPanel(one, top);
    top += TITLE_HEIGHT + one.bars.length * (BAR_HEIGHT + GAP);
    return drawn;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" width="${WIDTH}" height="${top}" role="img" aria-label="Gateways side by side">`,
    "<style>text{font:13px system-ui,sans-serif;fill:#777}.title{font-weight:600}.bar{fill:#9aa5b1}.ours{fill:#2f7fd1}</style>",
    ...parts,
    "</svg>\n",
  ].join("\n");
}

function drawPanel({ title, bars }: Panel, top: number): string {
  const most = Math.max(...bars.map(({ value }) => value));
  const lines = bars.map(({ label, value, isOurs }, index) => {
    const y = top + TITLE_HEIGHT + index * (BAR_HEIGHT + GAP);
    const width = Math.max(1, Math.round((value / most) * (WIDTH - LABEL_WIDTH - VALUE_WIDTH)));
    const base = y + BAR_HEIGHT - 5;
    return (
      `<text x="${LABEL_WIDTH - 8}" y="${base}" text-anchor="end">${label}</text>` +
      `<rect class="${isOurs ? "ours" : "bar"}" x="${LABEL_WIDTH}" y="${y}" width="${width}" height="${BAR_HEIGHT}" rx="3"/>` +
      `<text x="${LABEL_WIDTH + width + 8}" y="${base}">${value.toLocaleString("en-US")}</text>`
    );
  });
  return [`<text class="title" x="0" y="${top + 22}">${title}</text>`, ...lines].join("\n");
}

/** Draws the last results anew. */
export function writeGatewayChart(): void {
  const results = join(import.meta.dirname, "../results/gateway.json");
  const { rows }: { rows: readonly ChartRow[] } = JSON.parse(readFileSync(results, "utf8"));
  writeFileSync(join(import.meta.dirname, "../../docs/gateway-benchmark.svg"), gatewayChart(rows));
}

if (import.meta.main) writeGatewayChart();
