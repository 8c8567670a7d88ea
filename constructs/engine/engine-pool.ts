import { Construct } from "constructs";
import { catalogModel } from "../../catalog/models.ts";
import { METRICS } from "../../contracts/metrics/catalogue.ts";
import { type DrainMetadata, LAUNCH_HOOK, TERMINATE_HOOK } from "../../contracts/processes/engine-drain.ts";
import { ENGINE_PORT, ENV, engineHost } from "../../contracts/processes/process-environment.ts";
import { launchTypes } from "../../domain/launch-types.ts";
import { ownWeights } from "../../domain/own-weights.ts";
import type { PoolSettings } from "../../settings/environment.ts";
import { Fleet } from "../compute/fleet.ts";
import { completeLaunchStatement } from "../compute/lifecycle-hooks.ts";
import { RolloutAlarm } from "../compute/rollout-alarm.ts";
import type { ShellAccess } from "../compute/shell-access.ts";
import { toSingleLineJson, userData } from "../compute/user-data.ts";
import type { ArtefactStore } from "../data/artefact-store.ts";
import type { PolicyStatement } from "../identity/service-role.ts";
import { InstanceTargets } from "../load-balancing/instance-targets.ts";
import type { LoadBalancer } from "../load-balancing/load-balancer.ts";
import type { NetworkIds } from "../network/network-ids.ts";
import type { ProcessLogs } from "../observability/process-logs.ts";
import { GpuUtilizationScaling } from "./gpu-utilization-scaling.ts";
import { ownWeightsStatements } from "./own-weights-access.ts";
import { maxRequestsPerEngine, vllmArguments } from "./vllm-arguments.ts";

/** A pool's settings, of which `maxInstances` is a number, or the token of an OpenTofu variable, and what it is connected with. */
export interface EnginePoolProps extends PoolSettings {
  /** Name of group, role and instances. */
  readonly name: string;
  readonly region: string;
  /** Public name of the model: what callers write in `model`. */
  readonly servedName: string;
  /** Seconds that an engine may take to end its requests after its deregistration. */
  readonly drainSeconds: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly network: NetworkIds;
  readonly securityGroupId: string;
  readonly loadBalancer: LoadBalancer;
  readonly artefacts: ArtefactStore;
  /** Log groups of the instances' agent. */
  readonly logs: ProcessLogs;
  /** Sessions on the instances. @default - nobody gets onto one */
  readonly shell?: ShellAccess | undefined;
  /** Customer key of the volumes; its policy lets Auto Scaling use it. */
  readonly kmsKeyArn: string;
}

/**
 * A new engine takes its share of the load at once, for it is in service only when it is ready. The scaling alarm looks
 * back 3 minutes; only then does its average show the new engine's effect.
 */
const WARMUP_SECONDS = 180;
/** Seconds for `drain-engine` beside the drain itself, before Auto Scaling terminates the engine without it. */
const DRAIN_MARGIN_SECONDS = 120;

/** Identical engines that serve one model, checked by the load balancer and reachable through it by host name. */
export class EnginePool extends Construct {
  readonly resource: Fleet;
  readonly servedName: string;
  readonly contextTokens: number;
  /** Version of the weights: the hub's commit, or the location of the user's own. */
  readonly revision: string;
  readonly targetGroupArn: string;
  /** The target group as CloudWatch names it. */
  readonly targetGroupArnSuffix: string;
  readonly groupName: string;
  readonly groupArn: string;
  readonly maxRequestsPerEngine: number;
  /** Copies of the model on each instance, every one an engine for the gateways. */
  readonly replicasPerInstance: number;
  /** Whether the model's engines read tool calls. */
  readonly callsTools: boolean;
  /** Whether the model reads images. */
  readonly seesImages: boolean;
  /** Whether `reasoning_effort` chooses how long the model thinks. */
  readonly takesReasoningEffort: boolean;
  /** `Host` that selects the pool on the engine listener. */
  readonly host: string;

  // biome-ignore lint/complexity/noExcessiveLinesPerFunction: a declaration of resources
  constructor(scope: Construct, id: string, props: EnginePoolProps) {
    super(scope, id);
    const { name, servedName, network } = props;
    const weights = weightsOf(props);
    this.servedName = servedName;
    this.contextTokens = props.contextTokens;
    this.revision = weights.revision;
    this.maxRequestsPerEngine = maxRequestsPerEngine(props);
    this.replicasPerInstance = props.replicasPerInstance;
    this.callsTools = catalogModel(props.model).toolCallParser !== undefined;
    this.seesImages = catalogModel(props.model).seesImages;
    this.takesReasoningEffort = catalogModel(props.model).takesReasoningEffort === true;
    this.host = engineHost(servedName);

    const targets = new InstanceTargets(this, "Targets", {
      name,
      vpcId: network.vpcId,
      port: ENGINE_PORT,
      healthCheckPath: "/health", // 503 until the model is loaded and warm
      drainSeconds: props.drainSeconds,
    });
    this.targetGroupArn = targets.arn;
    this.targetGroupArnSuffix = targets.resource.arnSuffix;
    props.loadBalancer.routeEngines(this, { host: this.host, targetGroupArn: targets.arn });

    const metadata: DrainMetadata = {
      targetGroupArn: targets.arn,
      port: ENGINE_PORT,
      drainSeconds: props.drainSeconds,
    };
    this.resource = new Fleet(this, "Fleet", {
      name,
      image: props.image,
      instanceType: props.instanceType,
      volumeGiB: props.volumeGiB,
      volumeMiBPerSecond: props.volumeMiBPerSecond,
      volumeInitializationMiBPerSecond: props.volumeInitializationMiBPerSecond,
      replacement: props.replacement,
      kmsKeyArn: props.kmsKeyArn,
      userData: userData({
        role: "engine",
        variables: {
          [ENV.role]: "engine",
          [ENV.port]: String(ENGINE_PORT),
          [ENV.model]: servedName,
          [ENV.engineArguments]: toSingleLineJson(vllmArguments(props)),
          [ENV.weightsUri]: weights.uri,
          [ENV.groupName]: name,
          [ENV.launchHook]: LAUNCH_HOOK,
          AWS_REGION: props.region, // the SDK does not read it from the instance's metadata
        },
      }),
      statements: [
        ...weights.statements,
        props.logs.writeStatement("engine"),
        ...ownStatements(name, props.region),
        ...(props.shell?.instanceStatements() ?? []),
      ],
      securityGroupId: props.securityGroupId,
      subnetIds: network.privateSubnetIds,
      minInstances: props.minInstances,
      maxInstances: props.maxInstances,
      targetGroupArn: targets.arn,
      startupSeconds: props.startupSeconds,
      warmupSeconds: WARMUP_SECONDS,
      launchHook: { name: LAUNCH_HOOK, heartbeatSeconds: props.startupSeconds },
      terminateHook: {
        name: TERMINATE_HOOK,
        heartbeatSeconds: props.drainSeconds + DRAIN_MARGIN_SECONDS,
        metadata: JSON.stringify(metadata),
      },
      rolloutAlarm: new RolloutAlarm(this, "RolloutAlarm", {
        name,
        targetGroupArnSuffix: targets.resource.arnSuffix,
        loadBalancerArnSuffix: props.loadBalancer.resource.arnSuffix,
      }).alarmName,
      groupMetrics: [METRICS.pendingInstances.name],
      purchase: props.purchase,
      launchTypes: launchTypes(props),
      capacityReservation: props.capacityReservation,
      warmPool: props.warmPool,
      tags: { ...props.tags, Pool: servedName },
    });
    this.groupName = this.resource.groupName;
    this.groupArn = this.resource.resource.arn;
    new GpuUtilizationScaling(this, "Scaling", { groupName: this.groupName });
  }
}

interface PoolWeights {
  readonly revision: string;
  /** Folder with the signed manifest. */
  readonly uri: string;
  readonly statements: readonly PolicyStatement[];
}

/** The pool's own weights from their bucket, or those of the catalogue's entry from the environment's. */
function weightsOf(props: EnginePoolProps): PoolWeights {
  const own = ownWeights(props);
  if (own !== undefined) {
    const uri = `s3://${own.bucket}/${own.prefix}`;
    return { revision: uri, uri: `${uri}/`, statements: ownWeightsStatements(own, props.region) };
  }
  const { id, revision } = catalogModel(props.model).weights;
  const prefix = `weights/${id}/${revision}/`;
  const { artefacts } = props;
  return { revision, uri: `s3://${artefacts.bucketName}/${prefix}`, statements: artefacts.readStatements(prefix) };
}

/** Permissions of an engine's own programs: to complete and prolong its launch hook, and the agent's. */
function ownStatements(groupName: string, region: string): readonly PolicyStatement[] {
  return [
    completeLaunchStatement(groupName, region, ["autoscaling:RecordLifecycleActionHeartbeat"]),
    {
      Sid: "PublishMetrics",
      purpose: "The CloudWatch agent publishes the use of the GPUs, by which the pool scales.",
      Effect: "Allow",
      Action: ["cloudwatch:PutMetricData"],
      Resource: ["*"],
      Condition: { StringEquals: { "cloudwatch:namespace": METRICS.gpuUtilization.namespace } },
      reason: "The action knows no resources; the condition narrows it to the agent's namespace.",
    },
    {
      Sid: "ReadGroupTag",
      purpose: "The CloudWatch agent adds the Auto Scaling group's name to its metrics.",
      Effect: "Allow",
      Action: ["ec2:DescribeTags"],
      Resource: ["*"],
      reason: "The action knows no resources; the agent learns its Auto Scaling group's name by it.",
    },
  ];
}
