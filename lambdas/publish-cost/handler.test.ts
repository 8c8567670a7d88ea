import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { METRICS } from "../../contracts/metrics/catalogue.ts";
import type { CostPublisherSettings } from "../../contracts/processes/cost-publisher.ts";
import { sharedBuild } from "../../test-support/shared-build.ts";
import { buildLambdas } from "../build.ts";

const root = join(import.meta.dirname, "../..");
const settings: CostPublisherSettings = {
  environment: "test",
  models: ["phi-3-mini", "llama-3.3-70b"],
  instanceHour: { "g5.xlarge": 1, "t4g.micro": 0.01 },
  platformHour: 0.1,
  request: 0.001,
  completionToken: 0.000001,
};
const [gateway, engine] = [["t4g.micro", undefined] as const, ["g5.xlarge", "phi-3-mini"] as const];

interface FakeInstance {
  readonly kind: readonly [string, string | undefined];
  readonly launchTime: string;
  readonly state?: string;
  readonly reason?: string;
}
let instances: readonly FakeInstance[];
/** Values by expression's model and metric name. */
let metrics: Readonly<Record<string, readonly number[]>>;
let received: { ec2?: URLSearchParams; cloudWatch?: Record<string, unknown> };

/** EC2's query protocol and CloudWatch's JSON protocol, as far as the function uses them. */
const aws = createServer(async (request, response) => {
  const body = await text(request);
  if (request.headers["x-amz-target"] === undefined) {
    received.ec2 = new URLSearchParams(body);
    return void response.writeHead(200, { "content-type": "text/xml" }).end(describeInstances());
  }
  const query = JSON.parse(body);
  received.cloudWatch = query;
  const results = query.MetricDataQueries.map(({ Id, Expression }: { Id: string; Expression: string }) => {
    const [, model, name] = /Model="([^"]+)" MetricName="([^"]+)"/.exec(Expression)!;
    return { Id, Values: metrics[`${model} ${name}`] ?? [], Timestamps: [], StatusCode: "Complete" };
  });
  response
    .writeHead(200, { "content-type": "application/x-amz-json-1.0" })
    .end(JSON.stringify({ MetricDataResults: results }));
});

function describeInstances(): string {
  const items = instances.map(({ kind: [type, pool], launchTime, state = "running", reason = "" }, index) => {
    const tags = pool === undefined ? "" : `<item><key>Pool</key><value>${pool}</value></item>`;
    return (
      `<item><instanceId>i-${index}</instanceId><instanceType>${type}</instanceType><launchTime>${launchTime}</launchTime>` +
      `<instanceState><code>0</code><name>${state}</name></instanceState><reason>${reason}</reason><tagSet>${tags}</tagSet></item>`
    );
  });
  return `<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet><item><instancesSet>${items.join("")}</instancesSet></item></reservationSet></DescribeInstancesResponse>`;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-cost-"));
  const { result: bundles } = await sharedBuild({ name: "lambdas", build: buildLambdas });
  const { path } = bundles.find(({ name }) => name === "publish-cost")!;
  await writeFile(join(folder, "index.js"), unzipSync(await readFile(path))["index.js"]!);
  aws.listen(0, "127.0.0.1");
  await new Promise((resolve) => aws.once("listening", resolve));
});
beforeEach(() => {
  instances = [];
  metrics = {};
  received = {};
});
afterAll(async () => {
  aws.closeAllConnections();
  await new Promise((resolve) => aws.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

/** Runs the built bundle as Lambda does: a process of its own, with the SDK outside the bundle. */
async function invoke(
  event: unknown,
  costs: unknown = settings,
): Promise<{ lines: Record<string, unknown>[]; error: string }> {
  const script = `
    require(process.argv[1]).handler(JSON.parse(process.argv[2]), {}).catch((error) => {
      console.error(error.message);
      process.exitCode = 3;
    })`;
  const child = promisify(execFile)(process.execPath, ["-e", script, join(folder, "index.js"), JSON.stringify(event)], {
    env: {
      NODE_PATH: join(root, "node_modules"),
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(aws.address() as AddressInfo).port}`,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      SLUICE_COSTS: JSON.stringify(costs),
    },
  });
  const { stdout, stderr } = await child.catch((error: { stdout: string; stderr: string }) => error);
  const lines = stdout.split("\n").filter((line) => line !== "");
  return { lines: lines.map((line) => JSON.parse(line)), error: stderr };
}

const event = { source: "aws.events", time: "2026-01-31T13:05:00Z" };

describe("the cost publisher's bundle", () => {
  // documented: cost-metrics
  test("writes the last whole hour's cost of the environment and of each model, as metrics", async () => {
    instances = [
      { kind: gateway, launchTime: "2026-01-01T00:00:00.000Z" },
      { kind: engine, launchTime: "2026-01-01T00:00:00.000Z" },
      { kind: engine, launchTime: "2026-01-31T12:45:00.000Z" },
    ];
    metrics = {
      "phi-3-mini Requests": [100],
      "phi-3-mini PromptTokens": [300_000],
      "phi-3-mini CompletionTokens": [200_000],
    };
    const { lines, error } = await invoke(event);
    expect(error).toBe("");
    const [all, phi, llama] = lines;
    expect(all).toMatchObject({ Environment: "test", EstimatedHourlyCost: 0.1 + 0.01 + 1.25 + 0.1 + 0.2 });
    expect(all).not.toHaveProperty("Model");
    expect(phi).toMatchObject({ Environment: "test", Model: "phi-3-mini", EstimatedHourlyCost: 1.25 + 0.1 + 0.2 });
    expect(phi?.CostPerMillionTokens).toBeCloseTo(3.1, 6);
    expect(llama).toMatchObject({ Model: "llama-3.3-70b", EstimatedHourlyCost: 0 });
    expect(llama).not.toHaveProperty("CostPerMillionTokens");
  });

  test("writes series of the metric catalogue, timed within the hour", async () => {
    const { lines } = await invoke(event);
    const known = METRICS.hourlyCost.dimensions.map((set) => set.join());
    for (const line of lines) {
      const { Timestamp, CloudWatchMetrics } = line._aws as {
        Timestamp: number;
        CloudWatchMetrics: Record<string, unknown>[];
      };
      expect(new Date(Timestamp).toISOString()).toBe("2026-01-31T12:59:59.999Z");
      for (const { Namespace, Dimensions, Metrics } of CloudWatchMetrics) {
        expect(Namespace).toBe("Sluice/Cost");
        for (const set of Dimensions as string[][]) expect(known).toContain(set.join());
        for (const { Name } of Metrics as { Name: string }[]) expect(line[Name]).toEqual(expect.any(Number));
      }
    }
  });

  test("queries this environment's instances, and exactly that hour of each model's routes together", async () => {
    await invoke(event);
    expect(Object.fromEntries(received.ec2!)).toMatchObject({
      Action: "DescribeInstances",
      "Filter.1.Name": "tag:Project",
      "Filter.1.Value.1": "sluice",
      "Filter.2.Name": "tag:Environment",
      "Filter.2.Value.1": "test",
    });
    expect(received.cloudWatch).toMatchObject({
      StartTime: Date.UTC(2026, 0, 31, 12) / 1000,
      EndTime: Date.UTC(2026, 0, 31, 13) / 1000,
    });
    expect(received.cloudWatch!.MetricDataQueries).toHaveLength(6);
    expect(received.cloudWatch!.MetricDataQueries).toContainEqual({
      Id: "m1_2",
      Expression: `SUM(SEARCH('{Sluice/Gateway,Environment,Model,Route} Environment="test" Model="llama-3.3-70b" MetricName="CompletionTokens"', 'Sum', 3600))`,
    });
  });

  test("counts an instance until its termination in EC2; a stopped instance costs nothing", async () => {
    instances = [
      {
        kind: engine,
        launchTime: "2026-01-31T11:00:00.000Z",
        state: "terminated",
        reason: "User initiated (2026-01-31 12:30:00 GMT)",
      },
      { kind: engine, launchTime: "2026-01-31T09:00:00.000Z", state: "stopped", reason: "" },
    ];
    const { lines } = await invoke(event);
    expect(lines[1]).toMatchObject({ Model: "phi-3-mini", EstimatedHourlyCost: 0.5 });
  });

  test("fails with the instance's name when its type has no price, so that the function's error count shows it", async () => {
    instances = [{ kind: ["x9.large", "phi-3-mini"], launchTime: "2026-01-01T00:00:00.000Z" }];
    const { lines, error } = await invoke(event);
    expect(error).toMatch(/i-0 is of type x9\.large, which has no price/);
    expect(lines).toEqual([]);
  });

  test("does not start without its settings, or with unknown ones", async () => {
    expect((await invoke(event, null)).error).toMatch(/expected object/);
    expect((await invoke(event, { ...settings, currency: "EUR" })).error).toMatch(/currency/);
  });
});
