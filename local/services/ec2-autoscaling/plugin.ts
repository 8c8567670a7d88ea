import { join } from "node:path";
import { ENV } from "../../../contracts/processes/process-environment.ts";
import { freePort } from "../../../lib/free-port.ts";
import { scriptName } from "../../../lib/installation.ts";
import { awsEnvironment } from "../../runtime/aws-environment.ts";
import { idOf } from "../../runtime/names.ts";
import type { ResourcePlugin } from "../../runtime/plugin.ts";
import type { WithSettings } from "../../runtime/settings.ts";
import { asNumber, asText, block, blocks, type JsonObject } from "../../template/json.ts";
import type { WithCloudWatch } from "../cloudwatch/runtime.ts";
import type { WithElastiCache } from "../elasticache/runtime.ts";
import type { ElbRuntime, WithElb } from "../elb/runtime.ts";
import type { TargetGroup } from "../elb/target-group.ts";
import type { WithEvents } from "../events/runtime.ts";
import type { WithS3 } from "../s3/runtime.ts";
import { AutoScalingGroup } from "./auto-scaling-group.ts";
import { engineThreads } from "./engine-threads.ts";
import type { InstanceDetails } from "./instance.ts";
import type { InstanceProcess } from "./instance-process.ts";
import { addHook, lifecycleHook, terminateEvent } from "./lifecycle-hooks.ts";
import type { WithAutoScaling } from "./runtime.ts";
import { scalingPolicy } from "./scaling-policy.ts";
import { buildOf, environmentBlock } from "./user-data.ts";

export const launchTemplate: ResourcePlugin<WithAutoScaling> = {
  type: "aws_launch_template",
  start(config, resource, { autoScaling }) {
    autoScaling.launchTemplates.set(idOf(resource), config);
  },
};

/** Gateways finish their streams first; on a laptop that may take this long at most, in seconds. */
const STOP_SECONDS = 10;

type Services = WithAutoScaling & WithCloudWatch & WithElastiCache & WithElb & WithEvents & WithS3;

/** The two kinds of Auto Scaling group: user data's `SLUICE_ROLE` names which process stands for an instance. */
export const autoScalingGroup: ResourcePlugin<Services> = {
  type: "aws_autoscaling_group",
  async start(config, resource, runtime) {
    const { autoScaling, elb, events, s3, settings } = runtime;
    const template = autoScaling.launchTemplates.get(templateId(config));
    if (!template) throw new Error(`${resource.address}: the twin needs a launch template of the same environment`);
    const variables = environmentBlock(asText(template.user_data));
    const role = variables[ENV.role];
    if (role !== "gateway" && role !== "engine")
      throw new Error(`${resource.address}: user data must set ${ENV.role} to gateway or engine, got ${role}`);
    const desired = asNumber(config.desired_capacity ?? config.min_size);
    if (role === "engine") autoScaling.engineCount += desired;
    const isVllm = role === "engine" && settings.passedEnvironment[ENV.localEngine] === "vllm";
    const script = scriptName(isVllm ? "vllm/server.ts" : "server.ts");
    const entry = buildOf(variables, s3) ?? join(settings.projectFolder, role, script);
    const group = new AutoScalingGroup({
      groupName: asText(config.name ?? idOf(resource)),
      bounds: { min: asNumber(config.min_size), max: asNumber(config.max_size ?? desired) },
      warmupSeconds: asNumber(config.default_instance_warmup ?? 0) / (settings.timeFactor ?? 1),
      onTerminating: (notice) => events.put(terminateEvent(notice)) > 0,
      name: role === "engine" ? `engine-${variables[ENV.model]}` : "gateway",
      role,
      desired,
      targetGroups: targetGroupsOf(config, elb),
      details: detailsOf(template, config),
      replacesUnhealthy: config.health_check_type === "ELB",
      logFolder: join(settings.workFolder, "logs"),
      stopSeconds: STOP_SECONDS,
      freePort,
      report: settings.report,
      completesLaunches: role === "gateway",
      process: instanceProcess(entry, variables, runtime),
    });
    for (const hook of blocks(config.initial_lifecycle_hook)) addHook(group, hook, resource.address);
    autoScaling.groups.push(group);
    if (role === "engine")
      autoScaling.enginePools.push({ model: variables[ENV.model] ?? "", groupName: group.groupName, group });
  },
};

/** The process of an instance: user data's variables, over which what holds on this machine wins. */
function instanceProcess(
  entry: string,
  variables: Readonly<Record<string, string>>,
  runtime: WithSettings & Services,
): (port: number, metricsPort: number, instanceId: string) => InstanceProcess {
  const { autoScaling, cloudwatch, elasticache, settings } = runtime;
  return (port, metricsPort, instanceId) => ({
    entry,
    onOutput: (line) => cloudwatch.ingestLogLine(line),
    environment: {
      ...variables,
      ...settings.passedEnvironment,
      [ENV.engineThreads]: String(engineThreads(autoScaling, settings.passedEnvironment)),
      ...awsEnvironment(settings),
      ...(elasticache.valkey === undefined ? {} : { [ENV.valkeyUrl]: elasticache.valkey.url }),
      ...(settings.issuerUrl === undefined ? {} : { [ENV.localIssuer]: settings.issuerUrl }),
      [ENV.host]: "127.0.0.1",
      [ENV.spool]: join(settings.workFolder, "usage-spool"),
      [ENV.instanceId]: instanceId,
      [ENV.port]: String(port),
      [ENV.metricsPort]: String(metricsPort),
    },
  });
}

/** Id of the group's launch template, its own or that of its mixed instances. */
function templateId(config: JsonObject): string {
  const mixed = block(block(config.mixed_instances_policy)?.launch_template);
  const id = block(config.launch_template)?.id ?? block(mixed?.launch_template_specification)?.launch_template_id;
  return asText(id);
}

/**
 * The template's type and tags; the group's own tags win over them, as on AWS. Without a type there is no description.
 */
function detailsOf(template: JsonObject, config: JsonObject): InstanceDetails | undefined {
  const launch = block(block(config.mixed_instances_policy)?.launch_template);
  const type = template.instance_type ?? blocks(launch?.override)[0]?.instance_type;
  if (typeof type !== "string") return undefined;
  const specification = blocks(template.tag_specifications).find((each) => each.resource_type === "instance");
  const templateTags = Object.entries(block(specification?.tags) ?? {}).map(([key, value]) => [key, asText(value)]);
  const groupTags = blocks(config.tag).map(({ key, value }) => [asText(key), asText(value)]);
  return { instanceType: type, tags: Object.fromEntries([...templateTags, ...groupTags]) };
}

function targetGroupsOf(config: JsonObject, elb: ElbRuntime): readonly TargetGroup[] {
  const arns = Array.isArray(config.target_group_arns) ? config.target_group_arns.map(asText) : [];
  return arns.map((arn) => {
    const group = elb.targetGroups.get(arn);
    if (!group) throw new Error(`there is no target group ${arn}`);
    return group;
  });
}

/** In the order in which they start. */
export const EC2_AUTOSCALING_PLUGINS = {
  aws_launch_template: launchTemplate,
  aws_autoscaling_group: autoScalingGroup,
  aws_autoscaling_lifecycle_hook: lifecycleHook,
  aws_autoscaling_policy: scalingPolicy,
} as const;
