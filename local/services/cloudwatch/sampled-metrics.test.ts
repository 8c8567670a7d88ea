import { describe, expect, onTestFinished, test } from "vitest";
import { eventually } from "../../../test-support/waits/eventually.ts";
import { bind } from "../../http/server.ts";
import { MetricStore } from "./metric-store.ts";
import { SampledMetrics, type SampledMetricsOptions } from "./sampled-metrics.ts";

function sampled(options: Partial<SampledMetricsOptions>) {
  const store = new MetricStore();
  const metrics = new SampledMetrics({
    store,
    environment: "dev",
    targetGroups: () => [],
    groups: () => [],
    engines: () => [],
    stage: () => ({ ApiName: "api", Stage: "live" }),
    intervals: { enginesMs: 20, targetGroupsMs: 20 },
    ...options,
  });
  metrics.start();
  onTestFinished(() => metrics.stop());
  const latest = (namespace: string, name: string, dimensions: Record<string, string>, statistic = "Maximum") => {
    const range = { periodMs: 3_600_000, from: Date.now() - 3_600_000, to: Date.now() + 1 };
    return store.query({ namespace, name, dimensions, statistic, ...range }).at(-1)?.value;
  };
  return { store, metrics, latest };
}

describe("metrics of AWS's own", () => {
  test("the API counts requests, their errors and their latency", () => {
    const { metrics, latest } = sampled({});
    for (const [status, ms] of [
      [200, 10],
      [404, 20],
      [429, 20],
      [503, 30],
    ] as const)
      metrics.apiRequest(status, ms);
    const stage = { ApiName: "api", Stage: "live" };
    const sums = ["Count", "4XXError", "5XXError"].map((name) => latest("AWS/ApiGateway", name, stage, "Sum"));
    expect(sums).toEqual([4, 2, 1]);
    expect(latest("AWS/ApiGateway", "Latency", stage, "p50")).toBe(20);
  });

  test("an Auto Scaling group reports how many of its instances are starting", async () => {
    const { latest } = sampled({ groups: () => [{ groupName: "engine", pending: 2 }] });
    const dimensions = { AutoScalingGroupName: "engine" };
    await eventually(() => expect(latest("AWS/AutoScaling", "GroupPendingInstances", dimensions)).toBe(2));
  });

  test("target groups report how many are healthy, and one without targets is not reported", async () => {
    const group = { loadBalancer: "lb", unhealthy: 1 };
    const { store, latest } = sampled({
      targetGroups: () => [
        { ...group, targetGroup: "full", healthy: 2 },
        { ...group, targetGroup: "empty", healthy: 0, unhealthy: 0 },
      ],
    });
    const dimensions = { LoadBalancer: "lb", TargetGroup: "full" };
    await eventually(() => expect(latest("AWS/ApplicationELB", "HealthyHostCount", dimensions)).toBe(2));
    expect(latest("AWS/ApplicationELB", "UnHealthyHostCount", dimensions)).toBe(1);
    expect(store.list().some(({ dimensions: { TargetGroup } }) => TargetGroup === "empty")).toBe(false);
  });

  test("the engines' agent reads vLLM's gauges, and skips an engine that does not respond", async () => {
    const engine = await bind(0, "", (_request, response) =>
      response.end(
        'vllm:num_requests_running{model_name="m"} 3\nvllm:num_requests_waiting{model_name="m"} 2\nvllm:kv_cache_usage_perc 0.25\n',
      ),
    );
    onTestFinished(() => engine.close());
    const { latest } = sampled({
      engines: () => [
        { model: "m", port: engine.port },
        { model: "gone", port: 9 },
      ],
    });
    const dimensions = { Environment: "dev", Model: "m" };
    await eventually(() => expect(latest("Sluice/Engine", "vllm:num_requests_running", dimensions)).toBe(3));
    expect(latest("Sluice/Engine", "vllm:num_requests_waiting", dimensions)).toBe(2);
    expect(latest("Sluice/Engine", "vllm:kv_cache_usage_perc", dimensions)).toBe(0.25);
  });
});
