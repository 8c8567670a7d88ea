import { rmSync } from "node:fs";
import { join } from "node:path";
import { awsEndpoint } from "./aws-api/endpoint.ts";
import { respond } from "./http/server.ts";
import { startDeclaredIssuer } from "./issuer/declared-issuer.ts";
import type { LocalIssuer } from "./issuer/local-issuer.ts";
import { type NotModelled, notModelled, PLUGINS, refuseUnknownTypes } from "./plugin-table.ts";
import { commonAttributes } from "./runtime/names.ts";
import type { TwinSettings } from "./runtime/settings.ts";
import { alarmOperations } from "./services/cloudwatch/alarm-operations.ts";
import { cloudWatchOperations } from "./services/cloudwatch/api.ts";
import { handleDashboard } from "./services/cloudwatch/dashboard-handler.ts";
import type { SampledMetrics } from "./services/cloudwatch/sampled-metrics.ts";
import { autoScalingOperations } from "./services/ec2-autoscaling/api.ts";
import { elbOperations } from "./services/elb/api.ts";
import { firehoseOperations } from "./services/firehose/api.ts";
import { streamsFolder } from "./services/firehose/runtime.ts";
import { kmsOperations } from "./services/kms/api.ts";
import { handleLambda } from "./services/lambda/api.ts";
import { handleS3 } from "./services/s3/api.ts";
import { bucketsFolder, notificationsFolder } from "./services/s3/runtime.ts";
import { secretsManagerOperations } from "./services/secrets-manager/api.ts";
import { snsOperations } from "./services/sns/api.ts";
import { Evaluator } from "./template/evaluator.ts";
import type { JsonObject } from "./template/json.ts";
import { type RawResource, rawResources, readStacks, type Stack } from "./template/stacks.ts";
import { sampledMetrics } from "./twin-metrics.ts";
import { TwinRuntime } from "./twin-runtime.ts";
import { respondStarting, type TwinAddresses, type TwinHandlers, TwinServers } from "./twin-servers.ts";

export interface TwinOptions {
  readonly environment: string;
  /** Folder that synthesis wrote, `cdktf.out`. */
  readonly outputFolder: string;
  readonly projectFolder: string;
  /** Folder for logs and data, `.sluice`. */
  readonly workFolder: string;
  /** 0 for any free port. */
  readonly apiPort: number;
  readonly sitePort: number;
  /** By how much the periods of alarms are shorter than on AWS. @default 1 */
  readonly timeFactor?: number;
  /** Whether tables and objects are stored in `workFolder` between runs. */
  readonly keepsData: boolean;
  readonly variables: Readonly<Record<string, string>>;
  readonly passedEnvironment: Readonly<Record<string, string>>;
  report(line: string): void;
}

/** The synthesized stacks of one environment, running on this machine. */
export interface Twin {
  readonly runtime: TwinRuntime;
  /** Resource types that are not modelled, with the reason and their number. */
  readonly notModelled: readonly NotModelled[];
  stop(): Promise<void>;
}

/**
 * Starts a local counterpart of each resource with the synthesized settings.
 * @throws when a stack has a type that the twin does not know, or when a port is taken
 */
export async function startTwin(options: TwinOptions): Promise<Twin> {
  const stacks = readStacks(options.outputFolder, options.environment);
  const resources = stacks.flatMap((stack) => rawResources(stack));
  refuseUnknownTypes(resources);
  if (!options.keepsData)
    for (const folder of [bucketsFolder, notificationsFolder, streamsFolder])
      rmSync(folder(options.workFolder), { recursive: true, force: true });
  const servers = new TwinServers();
  let issuer: LocalIssuer | undefined;
  try {
    const addresses = await servers.open(options);
    issuer = await startDeclaredIssuer(resources, addresses.siteUrl);
    const runtime = new TwinRuntime({
      ...addresses,
      ...(issuer === undefined ? {} : { issuerUrl: issuer.url }),
      ...settingsOf(options),
      region: regionOf(stacks),
    });
    const metrics = sampledMetrics(runtime, options.environment);
    const hasApiGateway = resources.some(({ type }) => type === "aws_api_gateway_rest_api");
    servers.serve(handlersOf(runtime, metrics, hasApiGateway));
    await startResources(resources, stacks, runtime, options.variables);
    metrics.start();
    const stop = async () => {
      metrics.stop();
      await runtime.stop(async () => {
        await servers.close();
        await issuer?.close();
      });
    };
    return { runtime, notModelled: notModelled(resources), stop };
  } catch (error) {
    await issuer?.close();
    await servers.close();
    throw error;
  }
}

/** The handler of each of the twin's addresses. */
function handlersOf(runtime: TwinRuntime, metrics: SampledMetrics, hasApiGateway: boolean): TwinHandlers {
  const {
    apiGateway,
    autoScaling,
    cloudfront,
    cloudwatch,
    dynamodb,
    elb,
    firehose,
    kms,
    lambda,
    s3,
    secretsManager,
    settings,
    sns,
  } = runtime;
  const entryListener = () => (hasApiGateway ? undefined : elb.gatewayListener?.listener);
  return {
    api(request, response) {
      const listener = entryListener();
      if (listener) return listener.handle(request, response);
      if (!apiGateway.stage) return respondStarting(response);
      const startedAt = performance.now();
      response.once("close", () => metrics.apiRequest(response.statusCode, performance.now() - startedAt));
      apiGateway.stage.handle(request, response).catch(() => respond(response, 500, {}, "twin failure"));
    },
    // WebSockets reach a load balancer; API Gateway's REST APIs carry none.
    apiUpgrade(request, socket, head) {
      const listener = entryListener();
      if (listener) listener.upgrade(request, socket, head);
      else socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    },
    site: (request, response) =>
      cloudfront.distribution ? cloudfront.distribution.handle(request, response) : respondStarting(response),
    dashboard: (request, response) => handleDashboard(runtime, request, response),
    aws: awsEndpoint({
      dynamodb: (request, response) => dynamodb.server.handle(request, response),
      s3: (request, response) =>
        handleS3(
          (name) => s3.objectFolder(name),
          request,
          response,
          (bucket, key) => s3.notifications.created(bucket, key),
        ),
      lambda: (request, response) => handleLambda(lambda, request, response),
      json: {
        ...cloudWatchOperations(cloudwatch.metrics),
        ...alarmOperations(cloudwatch),
        ...secretsManagerOperations(secretsManager, settings.region),
        ...firehoseOperations(firehose),
        ...kmsOperations(kms),
      },
      query: {
        ...snsOperations(sns),
        ...elbOperations((arn) => elb.targetGroups.get(arn)),
        ...autoScalingOperations({
          instances: () => autoScaling.described,
          completeHook: (...waiting) => autoScaling.completeHook(...waiting),
        }),
      },
    }),
  };
}

function settingsOf(options: TwinOptions): Omit<TwinSettings, "region" | keyof TwinAddresses> {
  const { environment, keepsData, passedEnvironment, projectFolder, timeFactor, workFolder } = options;
  return {
    workFolder,
    projectFolder,
    passedEnvironment,
    ...(keepsData ? { tablesFolder: join(workFolder, "data", environment) } : {}),
    ...(timeFactor === undefined ? {} : { timeFactor }),
    report: options.report,
  };
}

async function startResources(
  resources: readonly RawResource[],
  stacks: readonly Stack[],
  runtime: TwinRuntime,
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  const byType = new Map(PLUGINS.map((plugin) => [plugin.type, plugin]));
  const attributes = (resource: RawResource): JsonObject => ({
    ...commonAttributes(resource, runtime),
    ...byType.get(resource.type)?.attributes?.(resource, runtime),
  });
  const evaluator = new Evaluator({ stacks, attributes, variables });
  for (const plugin of PLUGINS)
    for (const resource of resources.filter(({ type }) => type === plugin.type))
      await plugin.start?.(evaluator.config(resource), resource, runtime);
  runtime.s3.notifications.start();
  await runtime.autoScaling.start();
}

/** The region of the stacks' AWS provider. */
function regionOf(stacks: readonly Stack[]): string {
  const providers = stacks[0]?.document.provider;
  const text = JSON.stringify(providers ?? {});
  return /"region":"([a-z0-9-]+)"/.exec(text)?.[1] ?? "us-east-1";
}
