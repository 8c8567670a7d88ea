import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { METRICS } from "../../../contracts/metrics/catalogue.ts";
import type { CostPublisherSettings } from "../../../contracts/processes/cost-publisher.ts";
import { ENV } from "../../../contracts/processes/process-environment.ts";
import { buildLambdas } from "../../../lambdas/build.ts";
import { sharedBuild } from "../../../test-support/shared-build.ts";
import { awsEndpoint } from "../../aws-api/endpoint.ts";
import { emptyRuntime, resource } from "../../test/runtime.ts";
import { serve, temporaryFolder } from "../../test/tools.ts";
import { cloudWatchOperations } from "../cloudwatch/api.ts";
import { autoScalingOperations } from "../ec2-autoscaling/api.ts";
import { lambdaFunction } from "./plugin.ts";

const HOUR = 3_600_000;
const settings: CostPublisherSettings = {
  environment: "dev",
  models: ["phi-3-mini"],
  instanceHour: { "g5.xlarge": 2, "t4g.small": 0.5 },
  platformHour: 0.25,
  request: 0.001,
  completionToken: 0,
};
const instance = (id: string, instanceType: string, tags: Readonly<Record<string, string>>) => ({
  id,
  instanceType,
  launchedAt: Date.parse("2026-01-01T00:00:00Z"),
  tags: { Project: "sluice", ...tags },
});

/** The deployed bundle in a runtime with an hour's traffic; its invocation, and the store's metrics after it. */
async function publisher(costs: CostPublisherSettings) {
  const folder = temporaryFolder();
  const { result } = await sharedBuild({ name: "lambdas", build: buildLambdas });
  const [bundle] = result.filter(({ name }) => name === "publish-cost");
  const port = await serve((request, response) => handle(request, response));
  const awsUrl = `http://127.0.0.1:${port}`;
  const runtime = emptyRuntime({ awsUrl, workFolder: folder, projectFolder: join(import.meta.dirname, "../../..") });
  const handle = awsEndpoint({
    dynamodb: (_request, response) => void response.end(),
    s3: async (_request, response) => void response.end(),
    json: cloudWatchOperations(runtime.cloudwatch.metrics),
    query: autoScalingOperations({
      instances: () => [
        instance("i-1", "g5.xlarge", { Environment: "dev", Pool: "phi-3-mini" }),
        instance("i-2", "t4g.small", { Environment: "dev" }),
        instance("i-3", "p5.48xlarge", { Environment: "prod" }),
      ],
      completeHook: () => false,
    }),
  });
  const config = {
    function_name: "sluice-dev-publish-cost",
    filename: bundle!.path,
    handler: "index.handler",
    timeout: 30,
    environment: { variables: { [ENV.costs]: JSON.stringify(costs) } },
  };
  await lambdaFunction.start?.(config, resource("aws_lambda_function", "Publisher"), runtime);
  const [lambda] = [...runtime.lambda.functions.values()];
  onTestFinished(() => lambda!.stop());
  const from = Date.parse("2026-01-31T12:00:00Z");
  const put = (
    metric: typeof METRICS.requests | typeof METRICS.promptTokens,
    route: string,
    value: number,
    time = from,
  ) =>
    runtime.cloudwatch.metrics.put({
      namespace: metric.namespace,
      name: metric.name,
      dimensions: { Environment: "dev", Model: "phi-3-mini", Route: route },
      time,
      values: [value],
    });
  put(METRICS.requests, "chat", 60);
  put(METRICS.requests, "completions", 40, from + HOUR - 1);
  put(METRICS.requests, "chat", 1000, from + HOUR);
  put(METRICS.promptTokens, "chat", 1_050_000);
  const value = (metric: typeof METRICS.hourlyCost | typeof METRICS.costPerMillionTokens, model?: string) => {
    const dimensions = { Environment: "dev", ...(model === undefined ? {} : { Model: model }) };
    const { namespace, name } = metric;
    const query = { namespace, name, dimensions, statistic: "Maximum", periodMs: HOUR, from, to: from + HOUR };
    return runtime.cloudwatch.metrics.query(query).map((point) => point.value);
  };
  const log = () => readFileSync(join(folder, "logs/sluice-dev-publish-cost.log"), "utf8");
  return { lambda: lambda!, value, log };
}

const event = { source: "aws.events", time: "2026-01-31T13:05:00Z" };

test("the deployed cost publisher puts the last hour's cost of environment and model into the twin's metrics", async () => {
  const { lambda, value, log } = await publisher(settings);
  await lambda.invoke(event);
  await expect.poll(() => value(METRICS.hourlyCost, "phi-3-mini")).toEqual([2.1]);
  expect(value(METRICS.hourlyCost)).toEqual([0.25 + 2 + 0.5 + 0.1]);
  expect(value(METRICS.costPerMillionTokens, "phi-3-mini")).toEqual([2]);
  await expect
    .poll(() =>
      log()
        .split("\n")
        .filter((line) => line.includes("_aws")),
    )
    .toHaveLength(2);
});

test("the deployed cost publisher fails when a type of its environment's instances has no price", async () => {
  const { lambda } = await publisher({ ...settings, instanceHour: { "t4g.small": 0.5 } });
  await expect(lambda.invoke(event)).rejects.toThrow(/i-1 is of type g5\.xlarge, which has no price/);
});
