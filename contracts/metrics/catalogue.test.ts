import { describe, expect, test } from "vitest";
import { METRICS } from "./catalogue.ts";
import type { MetricEntry } from "./metric-entry.ts";

const entries: readonly MetricEntry[] = Object.values(METRICS);

describe("the metric catalogue", () => {
  test("names each metric of a namespace once", () => {
    const names = entries.map(({ namespace, name }) => `${namespace} ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  test("is within CloudWatch's limits: 1 to 255 ASCII characters, at most 30 dimensions, none twice", () => {
    for (const { namespace, name, dimensions } of entries) {
      expect(namespace).toMatch(/^[\w./#:-]{1,255}$/);
      expect(name).toMatch(/^[\x20-\x7e]{1,255}$/);
      for (const set of dimensions) {
        expect(set.length).toBeLessThanOrEqual(30);
        expect(new Set(set).size).toBe(set.length);
      }
    }
  });

  test("our own namespaces don't start with AWS/, which is AWS's alone", () => {
    const own = entries.filter(({ dimensions }) => dimensions.some((set) => set.includes("Environment")));
    for (const { namespace } of own) expect(namespace).toMatch(/^Sluice\//);
  });
});
