import { describe, expect, onTestFinished, test } from "vitest";
import { serve } from "../../test/tools.ts";
import { MetricStore } from "./metric-store.ts";
import { type SampledGroup, UtilizationSampler } from "./utilization-sampler.ts";

const GPU = { namespace: "CWAgent", name: "nvidia_smi_utilization_gpu", dimensions: { AutoScalingGroupName: "pool" } };

/** An engine whose `/metrics` has these numbers of running requests, one after the other. */
function engine(...running: number[]): Promise<number> {
  let sample = 0;
  return serve((_request, response) => {
    const now = running[sample++ % running.length];
    response.end(`# TYPE x gauge\nvllm:num_requests_running{model_name="m"} ${now}\nvllm:num_requests_waiting 9\n`);
  });
}

function sampled(groups: () => readonly SampledGroup[], samplesPerValue = 4) {
  const metrics = new MetricStore();
  const sampler = new UtilizationSampler({ groups, metrics, sampleMs: 5, samplesPerValue });
  sampler.start();
  onTestFinished(() => sampler.stop());
  const points = (statistic: string) =>
    metrics
      .query({ ...GPU, statistic, periodMs: 3_600_000, from: Date.now() - 3_600_000, to: Date.now() + 1 })
      .map(({ value }) => value);
  return { sampler, points };
}

describe("utilisation", () => {
  test("is the share of samples that found a request running, however many run", async () => {
    const port = await engine(3, 0, 1, 0);
    const { points } = sampled(() => [{ groupName: "pool", engines: [{ id: "i-1", port }] }]);
    await expect.poll(() => points("SampleCount")[0] ?? 0).toBeGreaterThan(1);
    expect([...points("Minimum"), ...points("Maximum")].every((value) => value === 50)).toBe(true);
  });

  test("has a value for each engine, so that an average is over engines", async () => {
    const [busy, idle] = [await engine(1), await engine(0)];
    const engines = [
      { id: "i-1", port: busy },
      { id: "i-2", port: idle },
    ];
    const { points } = sampled(() => [{ groupName: "pool", engines }], 1);
    await expect.poll(() => points("Minimum")[0]).toBe(0);
    await expect.poll(() => points("Maximum")[0]).toBe(100);
  });

  test("has no value where an engine does not respond or does not report it", async () => {
    const silent = await serve((_request, response) => response.end("up 1\n"));
    const engines = [
      { id: "i-1", port: silent },
      { id: "i-2", port: 1 },
    ];
    let rounds = 0;
    const { points } = sampled(() => {
      rounds++;
      return [{ groupName: "pool", engines }];
    }, 1);
    await expect.poll(() => rounds).toBeGreaterThan(3);
    expect(points("SampleCount")).toEqual([]);
  });
});
