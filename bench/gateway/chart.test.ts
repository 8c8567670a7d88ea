import { describe, expect, test } from "vitest";
import { gatewayChart } from "./chart.ts";

const row = (system: string, shape: string, perSecondPerCore: number) => {
  return { system, version: "v1.2.3", shape, perSecondPerCore, rssMiB: 100 };
};

describe("the chart of gateways", () => {
  // documented: benchmark-chart
  test("has a bar for each row, as long as its part of the longest, with its figure beside it", () => {
    const svg = gatewayChart([row("sluice", "json", 3000.4), row("bare", "json", 6000)]);
    const widths = [...svg.matchAll(/<rect[^>]* width="(\d+)"/g)].map(([, width]) => Number(width));
    expect(widths).toEqual([250, 500]);
    expect(svg).toContain(">3,000<");
    expect(svg).toContain(">Sluice 1.2.3<");
    expect(svg.match(/class="ours"/g)).toHaveLength(1);
  });

  test("leaves out a shape in which no system was measured", () => {
    expect(gatewayChart([row("sluice", "json", 1)])).not.toContain("Streams");
    expect(gatewayChart([row("sluice", "sse", 1)]).match(/<rect/g)).toHaveLength(2);
  });
});
