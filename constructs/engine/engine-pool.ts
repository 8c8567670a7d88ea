import { Construct } from "constructs";
import type { InstanceTypeId } from "../../catalog/instance-types.ts";
import { catalogModel, type ModelId } from "../../catalog/models.ts";
import { ENGINE_PORT, ENV, engineHost } from "../../contracts/process-environment.ts";
import { Fleet } from "../compute/fleet.ts";
import { toSingleLineJson, userData } from "../compute/user-data.ts";
import type { ArtefactStore } from "../data/artefact-store.ts";
import { InstanceTargets } from "../load-balancing/instance-targets.ts";
import type { LoadBalancer } from "../load-balancing/load-balancer.ts";
import type { Network } from "../network/network.ts";
import { maxRequestsPerEngine, vllmArguments } from "./vllm-arguments.ts";

export interface EnginePoolProps {
  /** Name of group, role and instances. */
  readonly name: string;
  readonly region: string;
  /** Public name of the model: what callers write in `model`. */
  readonly servedName: string;
  readonly model: ModelId;
  readonly instanceType: InstanceTypeId;
  readonly tensorParallel: number;
  readonly contextTokens: number;
  readonly maxSequences: number;
  readonly maxQueued: number;
  readonly minInstances: number;
  /** A number, or the token of an OpenTofu variable. */
  readonly maxInstances: number;
  readonly image: string;
  readonly volumeGiB: number;
  readonly startupSeconds: number;
  /** Stopped instances that are booted already; `null` for none. */
  readonly warmPool: { readonly minInstances: number; readonly maxPrepared: number } | null;
  /** Seconds that an engine may take to end its requests once it is taken out. */
  readonly drainSeconds: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly network: Network;
  readonly securityGroupId: string;
  readonly loadBalancer: LoadBalancer;
  readonly artefacts: ArtefactStore;
  /** Customer key of the volumes; its policy lets Auto Scaling use it. */
  readonly kmsKeyArn: string;
}

/** Identical engines that serve one model, checked by the load balancer and reachable through it by host name. */
export class EnginePool extends Construct {
  readonly resource: Fleet;
  readonly servedName: string;
  readonly contextTokens: number;
  readonly targetGroupArn: string;
  /** The target group as CloudWatch names it. */
  readonly targetGroupArnSuffix: string;
  readonly maxRequestsPerEngine: number;
  /** `Host` that selects the pool on the engine listener. */
  readonly host: string;

  constructor(scope: Construct, id: string, props: EnginePoolProps) {
    super(scope, id);
    const { name, servedName, network, artefacts, warmPool } = props;
    const { weights } = catalogModel(props.model);
    const weightsPrefix = `weights/${weights.id}/${weights.revision}/`;
    this.servedName = servedName;
    this.contextTokens = props.contextTokens;
    this.maxRequestsPerEngine = maxRequestsPerEngine(props);
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

    this.resource = new Fleet(this, "Fleet", {
      name,
      image: props.image,
      instanceType: props.instanceType,
      volumeGiB: props.volumeGiB,
      kmsKeyArn: props.kmsKeyArn,
      userData: userData({
        role: "engine",
        variables: {
          [ENV.role]: "engine",
          [ENV.port]: String(ENGINE_PORT),
          [ENV.model]: servedName,
          [ENV.engineArguments]: toSingleLineJson(vllmArguments(props)),
          [ENV.weightsUri]: `s3://${artefacts.bucketName}/${weightsPrefix}`,
          AWS_REGION: props.region, // the SDK does not ask the instance for it
        },
      }),
      statements: artefacts.readStatements(weightsPrefix),
      securityGroupId: props.securityGroupId,
      subnetIds: network.privateSubnetIds,
      minInstances: props.minInstances,
      maxInstances: props.maxInstances,
      targetGroupArn: targets.arn,
      startupSeconds: props.startupSeconds,
      ...(warmPool ? { warmPool } : {}),
      tags: { ...props.tags, Pool: servedName },
    });
  }
}
