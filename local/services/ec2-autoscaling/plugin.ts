import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { ENV, ENV_BLOCK_END, ENV_BLOCK_START } from "../../../contracts/process-environment.ts";
import { freePort } from "../../http/server.ts";
import { idOf } from "../../runtime/names.ts";
import type { ResourcePlugin } from "../../runtime/plugin.ts";
import { asNumber, asText, block, blocks, type JsonObject } from "../../template/json.ts";
import type { World } from "../../world.ts";
import { ingestEmf } from "../cloudwatch/emf-ingest.ts";
import { AutoScalingGroup, type Machine } from "./auto-scaling-group.ts";
import { addHook, terminateEvent } from "./lifecycle-hooks.ts";

export const launchTemplate: ResourcePlugin = {
  type: "aws_launch_template",
  start(config, resource, world) {
    world.launchTemplates.set(idOf(resource), config);
  },
};

/** Gateways finish their streams first; on a laptop that may take this long at most, in seconds. */
const STOP_SECONDS = 10;

/** The two kinds of Auto Scaling group: user data's `SLUICE_ROLE` tells which process stands for an instance. */
export const autoScalingGroup: ResourcePlugin = {
  type: "aws_autoscaling_group",
  async start(config, resource, world) {
    const template = world.launchTemplates.get(templateId(config));
    if (!template) throw new Error(`${resource.address}: the twin needs a launch template of the same environment`);
    const variables = environmentBlock(Buffer.from(asText(template.user_data), "base64").toString());
    const role = variables[ENV.role];
    if (role !== "gateway" && role !== "engine")
      throw new Error(`${resource.address}: user data must set ${ENV.role} to gateway or engine, got ${role}`);
    const desired = asNumber(config.desired_capacity ?? config.min_size);
    if (role === "engine") world.engineCount += desired;
    const entry = buildOf(variables, world) ?? join(world.settings.projectFolder, role, "server.ts");
    const group = new AutoScalingGroup({
      groupName: asText(config.name ?? idOf(resource)),
      bounds: { min: asNumber(config.min_size), max: asNumber(config.max_size ?? desired) },
      warmupSeconds: asNumber(config.default_instance_warmup ?? 0) / (world.settings.timeFactor ?? 1),
      onTerminating: (notice) => world.events.put(terminateEvent(notice)) > 0,
      name: role === "engine" ? `engine-${variables[ENV.model]}` : "gateway",
      role,
      desired,
      targetGroups: targetGroupsOf(config, world),
      machine: machineOf(template, config),
      replacesUnhealthy: config.health_check_type === "ELB",
      logFolder: join(world.settings.workFolder, "logs"),
      stopSeconds: STOP_SECONDS,
      freePort,
      report: world.settings.report,
      process: (port, metricsPort) => ({
        entry,
        onOutput: (line) => takeMetrics(line, world),
        environment: {
          ...variables,
          ...world.settings.passedEnvironment,
          SLUICE_ENGINE_THREADS: String(engineThreads(world)),
          ...awsEnvironment(world),
          ...(world.valkey === undefined ? {} : { [ENV.valkeyUrl]: world.valkey.url }),
          [ENV.host]: "127.0.0.1",
          [ENV.port]: String(port),
          [ENV.metricsPort]: String(metricsPort),
        },
      }),
    });
    for (const hook of blocks(config.initial_lifecycle_hook)) addHook(group, hook, resource.address);
    world.groups.push(group);
    if (role === "engine")
      world.enginePools.push({ model: variables[ENV.model] ?? "", groupName: group.groupName, group });
  },
};

/**
 * File of the bundle that user data names, as an instance would fetch it.
 * @throws when it is not in the bucket, or not with the content that user data names
 */
function buildOf(variables: Readonly<Record<string, string>>, world: World): string | undefined {
  const uri = variables[ENV.buildUri];
  if (uri === undefined) return undefined;
  const [, bucket = "", key = ""] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  const object = world.buckets.get(bucket)?.get(key);
  if (object?.file === undefined) throw new Error(`user data names the build ${uri}, but the stacks put none there`);
  const sha256 = createHash("sha256").update(object.body).digest("hex");
  if (sha256 !== variables[ENV.buildHash])
    throw new Error(`${uri} has the SHA-256 ${sha256}, but user data names ${variables[ENV.buildHash]}`);
  return object.file;
}

/** Id of the group's launch template, its own or that of its mixed instances. */
function templateId(config: JsonObject): string {
  const mixed = block(block(config.mixed_instances_policy)?.launch_template);
  const id = block(config.launch_template)?.id ?? block(mixed?.launch_template_specification)?.launch_template_id;
  return asText(id);
}

/** The template's type and tags; the group's own tags win over them, as on AWS. Without a type nobody asks EC2. */
function machineOf(template: JsonObject, config: JsonObject): Machine | undefined {
  const launch = block(block(config.mixed_instances_policy)?.launch_template);
  const type = template.instance_type ?? blocks(launch?.override)[0]?.instance_type;
  if (typeof type !== "string") return undefined;
  const specification = blocks(template.tag_specifications).find((each) => each.resource_type === "instance");
  const templateTags = Object.entries(block(specification?.tags) ?? {}).map(([key, value]) => [key, asText(value)]);
  const groupTags = blocks(config.tag).map(({ key, value }) => [asText(key), asText(value)]);
  return { instanceType: type, tags: Object.fromEntries([...templateTags, ...groupTags]) };
}

/** What the agent on an instance, and CloudWatch Logs with a function's output, do on AWS. */
export function takeMetrics(line: string, world: World): void {
  try {
    ingestEmf(line, world.metrics);
  } catch (error) {
    world.settings.report(`a line of metrics is not right: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function targetGroupsOf(config: JsonObject, world: World) {
  const arns = Array.isArray(config.target_group_arns) ? config.target_group_arns.map(asText) : [];
  return arns.map((arn) => {
    const group = world.targetGroups.get(arn);
    if (!group) throw new Error(`there is no target group ${arn}`);
    return group;
  });
}

/** The cores left beside the rest of the machine, shared among the engines: threads = cores collapses under load. */
function engineThreads(world: World): number {
  const given = Number(world.settings.passedEnvironment.SLUICE_ENGINE_THREADS);
  if (given >= 1) return given;
  // One more than now run, when a group grows; at the start, all that are declared.
  const running = world.groups.filter(({ role }) => role === "engine").flatMap(({ instances }) => instances).length;
  return Math.max(1, Math.floor((availableParallelism() - 1) / Math.max(1, world.engineCount, running + 1)));
}

/** What a process needs so that the AWS SDK calls the twin. */
export function awsEnvironment(world: World): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: world.settings.awsUrl,
    AWS_REGION: world.settings.region,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  };
}

/** The variables in user data: `NAME='value'` lines between the markers. */
export function environmentBlock(userData: string): Readonly<Record<string, string>> {
  const lines = userData.split("\n");
  const start = lines.findIndex((line) => line.trimEnd().endsWith(ENV_BLOCK_START));
  const end = lines.indexOf(ENV_BLOCK_END, start);
  if (start === -1 || end === -1) throw new Error("user data has no block of environment variables");
  return Object.fromEntries(
    lines.slice(start + 1, end).map((line) => {
      const match = /^([A-Z_][A-Z0-9_]*)='([^']*)'$/.exec(line);
      if (!match?.[1]) throw new Error(`user data: expected NAME='value', got a line of ${line.length} characters`);
      return [match[1], match[2] ?? ""] as const;
    }),
  );
}
