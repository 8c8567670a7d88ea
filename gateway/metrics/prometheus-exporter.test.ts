import fc from "fast-check";
import { AggregatorRegistry, Counter, Histogram, Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import { instrument } from "./instrument.ts";
import { Meter } from "./meter.ts";
import { PrometheusExporter, type ThreadMetrics } from "./prometheus-exporter.ts";
import { REQUEST_INSTRUMENTS } from "./request-instruments.ts";

const BUCKETS = [0.005, 0.1, 1, 30];
const TIME = instrument({
  kind: "histogram",
  about: "A time.",
  labels: ["route"],
  prometheus: { name: "time_seconds", buckets: BUCKETS, factor: 0.001 },
});
const COUNT = instrument({
  kind: "counter",
  about: "A count.",
  labels: ["route", "hidden"],
  prometheus: { name: "count_total", labels: ["route"] },
});

type Metrics = Parameters<typeof AggregatorRegistry.aggregate>[0];
const text = (threads: readonly ThreadMetrics[]) =>
  AggregatorRegistry.aggregate(threads.map((thread) => [...thread]) as unknown as Metrics).metrics();

describe("what is counted for /metrics", () => {
  test("reads as prom-client would write it", async () => {
    const measured = fc.array(
      fc.record({ route: fc.constantFrom("/a", '/b"\\\n'), milliseconds: fc.integer({ min: 0, max: 40_000 }) }),
      { maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(measured, async (values) => {
        const exporter = new PrometheusExporter([TIME, COUNT]);
        const meter = new Meter([exporter]);
        const registers = [new Registry()];
        const time = new Histogram({
          name: "time_seconds",
          help: "A time.",
          labelNames: ["route"],
          buckets: BUCKETS,
          registers,
        });
        const count = new Counter({ name: "count_total", help: "A count.", labelNames: ["route"], registers });
        for (const { route, milliseconds } of values) {
          meter.observe(TIME, { route }, milliseconds);
          meter.add(COUNT, { route, hidden: String(milliseconds) });
          time.observe({ route }, milliseconds * 0.001);
          count.inc({ route });
        }
        const [registry] = registers;
        expect(await text([exporter.collect()])).toBe(await registry!.metrics());
      }),
      { numRuns: 60 },
    );
  });

  test("of several threads is added up", async () => {
    const threads = [1, 2].map((value) => {
      const exporter = new PrometheusExporter([COUNT]);
      new Meter([exporter]).add(COUNT, { route: "/a", hidden: "" }, value);
      return exporter.collect();
    });
    expect(await text(threads)).toContain('count_total{route="/a"} 3');
  });

  test("what has no labels is 0 from the start, and what is not finite or negative is dropped", async () => {
    const exporter = new PrometheusExporter([REQUEST_INSTRUMENTS.allClientAborts, COUNT]);
    const meter = new Meter([exporter]);
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -1])
      meter.add(COUNT, { route: "/a", hidden: "" }, value);
    const written = await text([exporter.collect()]);
    expect(written).toContain("sluice_client_aborts_total 0");
    expect(written).not.toContain("/a");
  });
});
