import { rmSync } from "node:fs";
import { join } from "node:path";
import { awsEndpoint } from "./aws-api/endpoint.ts";
import { answer, type BoundServer, bind } from "./http/server.ts";
import { PLUGINS, WITHOUT_LOCAL_MEANING } from "./plugin-table.ts";
import { commonAttributes } from "./runtime/names.ts";
import { handleDashboard, sampledMetrics } from "./services/cloudwatch/plugin.ts";
import { LocalDynamoDb } from "./services/dynamodb/local-dynamodb.ts";
import { Evaluator } from "./template/evaluator.ts";
import type { JsonObject } from "./template/json.ts";
import { type RawResource, rawResources, readStacks, type Stack } from "./template/stacks.ts";
import { bucketsFolder, World } from "./world.ts";

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
  /** Whether tables are kept in `workFolder` between runs. */
  readonly keepsData: boolean;
  readonly variables: Readonly<Record<string, string>>;
  readonly passedEnvironment: Readonly<Record<string, string>>;
  report(line: string): void;
}

/** The synthesized stacks of one environment, running on this machine. */
export interface Twin {
  readonly world: World;
  /** Resource types that were left out, with the reason and their number. */
  readonly leftOut: readonly { readonly type: string; readonly count: number; readonly reason: string }[];
  stop(): Promise<void>;
}

/**
 * Starts a local thing for each resource with the synthesized settings.
 * @throws when a stack has a type that the twin does not know, or when a port is taken
 */
export async function startTwin(options: TwinOptions): Promise<Twin> {
  const stacks = readStacks(options.outputFolder, options.environment);
  const resources = stacks.flatMap((stack) => rawResources(stack));
  refuseUnknownTypes(resources);
  const dynamodb = new LocalDynamoDb(
    options.keepsData ? join(options.workFolder, "data", options.environment) : undefined,
  );
  if (!options.keepsData) rmSync(bucketsFolder(options.workFolder), { recursive: true, force: true });
  const servers: BoundServer[] = [];
  const open = async (port: number, setting: string, handle: Parameters<typeof bind>[2]) => {
    const server = await bind(port, setting, handle);
    servers.push(server);
    return `http://127.0.0.1:${server.port}`;
  };
  const starting = { "content-type": "text/plain", "retry-after": "1" };
  try {
    const world: World = new World(
      {
        region: regionOf(stacks),
        apiUrl: await open(options.apiPort, "SLUICE_API_PORT", (request, response) => {
          if (world.publicListener) return world.publicListener.handle(request, response);
          if (!world.stage) return answer(response, 503, starting, "starting");
          const startedAt = performance.now();
          response.once("close", () => metrics.apiRequest(response.statusCode, performance.now() - startedAt));
          world.stage.handle(request, response).catch(() => answer(response, 500, {}, "twin failure"));
        }),
        siteUrl: await open(options.sitePort, "SLUICE_SITE_PORT", (request, response) =>
          world.distribution
            ? world.distribution.handle(request, response)
            : answer(response, 503, starting, "starting"),
        ),
        dashboardUrl: await open(0, "", (request, response) => handleDashboard(world, request, response)),
        awsUrl: await open(0, "", (request, response) => aws(request, response)),
        workFolder: options.workFolder,
        projectFolder: options.projectFolder,
        passedEnvironment: options.passedEnvironment,
        ...(options.timeFactor === undefined ? {} : { timeFactor: options.timeFactor }),
        report: options.report,
      },
      dynamodb,
    );
    const aws = awsEndpoint({
      dynamodb: (request, response) => dynamodb.handle(request, response),
      bucket: (name) => world.objectFolder(name),
      targetGroup: (arn) => world.targetGroups.get(arn),
      instances: () => world.groups.flatMap(({ described }) => described),
      metrics: world.metrics,
      completeTermination: (groupName, instance, hook) =>
        world.groups.some((group) => group.groupName === groupName && group.completeTermination(instance, hook)),
    });
    const metrics = sampledMetrics(world, options.environment);
    // The API's server is the first: WebSockets reach a load balancer, API Gateway's REST APIs carry none.
    servers[0]?.server.on("upgrade", (request, socket, head) => {
      if (world.publicListener) world.publicListener.upgrade(request, socket, head);
      else socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    });
    await startResources(resources, stacks, world, options.variables);
    metrics.start();
    const stop = async () => {
      metrics.stop();
      await stopWorld(world, servers);
    };
    return { world, leftOut: leftOut(resources), stop };
  } catch (error) {
    await Promise.all(servers.map((server) => server.close()));
    throw error;
  }
}

async function startResources(
  resources: readonly RawResource[],
  stacks: readonly Stack[],
  world: World,
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  const byType = new Map(PLUGINS.map((plugin) => [plugin.type, plugin]));
  const attributes = (resource: RawResource): JsonObject => ({
    ...commonAttributes(resource, world),
    ...byType.get(resource.type)?.attributes?.(resource, world),
  });
  const evaluator = new Evaluator({ stacks, attributes, variables });
  for (const plugin of PLUGINS)
    for (const resource of resources.filter(({ type }) => type === plugin.type))
      await plugin.start?.(evaluator.config(resource), resource, world);
  // All groups are known now, so that engines can share the cores.
  await Promise.all(world.groups.map((group) => group.start()));
  world.utilization.start();
  world.scaling.start();
}

function refuseUnknownTypes(resources: readonly RawResource[]): void {
  const known = new Set([...PLUGINS.map(({ type }) => type), ...Object.keys(WITHOUT_LOCAL_MEANING)]);
  const unknown = [...new Set(resources.filter(({ type }) => !known.has(type)).map(({ type }) => type))].sort();
  if (unknown.length === 0) return;
  throw new Error(
    `The twin does not know ${unknown.join(", ")}; give each a plugin in local/plugin-table.ts, or a reason to leave it out.`,
  );
}

function leftOut(resources: readonly RawResource[]): Twin["leftOut"] {
  return Object.entries(WITHOUT_LOCAL_MEANING)
    .map(([type, reason]) => ({ type, reason, count: resources.filter((resource) => resource.type === type).length }))
    .filter(({ count }) => count > 0);
}

/** The region of the stacks' AWS provider. */
function regionOf(stacks: readonly Stack[]): string {
  const providers = stacks[0]?.document.provider;
  const text = JSON.stringify(providers ?? {});
  return /"region":"([a-z0-9-]+)"/.exec(text)?.[1] ?? "us-east-1";
}

async function stopWorld(world: World, servers: readonly BoundServer[]): Promise<void> {
  world.scaling.stop();
  world.events.stop();
  world.utilization.stop();
  for (const group of world.targetGroups.values()) group.stop();
  world.stage?.close();
  await Promise.all(world.groups.map((group) => group.stop()));
  await Promise.all([...world.listeners.values()].map(({ listener }) => listener.close()));
  await Promise.all([...world.lambdas.values()].map((lambda) => lambda.stop()));
  await Promise.all(servers.map((server) => server.close()));
  await world.valkey?.stop();
  await world.dynamodb.close();
}
