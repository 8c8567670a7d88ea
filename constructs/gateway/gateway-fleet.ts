import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity/index.js";
import { Construct } from "constructs";
import { catalogInstanceType } from "../../catalog/instance-types.ts";
import type { GatewayConfig } from "../../contracts/processes/gateway-config.ts";
import { GATEWAY_LAUNCH_HOOK } from "../../contracts/processes/gateway-launch.ts";
import {
  ENV,
  GATEWAY_METRICS_PORT,
  GATEWAY_PORT,
  gatewayNodeVariables,
} from "../../contracts/processes/process-environment.ts";
import type { Environment } from "../../settings/environment.ts";
import { Fleet } from "../compute/fleet.ts";
import { completeLaunchStatement } from "../compute/lifecycle-hooks.ts";
import { RolloutAlarm } from "../compute/rollout-alarm.ts";
import type { ShellAccess } from "../compute/shell-access.ts";
import { toSingleLineJson, userData } from "../compute/user-data.ts";
import type { BatchStorage } from "../data/batch-storage.ts";
import type { ControlTable } from "../data/control-table.ts";
import type { HistoryStore } from "../data/history-store.ts";
import type { KeysTable } from "../data/keys-table.ts";
import type { ResponsesTable } from "../data/responses-table.ts";
import type { RoutesTable } from "../data/routes-table.ts";
import type { UsageStore } from "../data/usage-store.ts";
import type { PolicyStatement } from "../identity/service-role.ts";
import type { NetworkIds } from "../network/network-ids.ts";
import type { ProcessLogs } from "../observability/process-logs.ts";
import type { GatewayBuild } from "./gateway-build.ts";
import { GatewayScaling } from "./gateway-scaling.ts";
import { providerAccess } from "./provider-access.ts";

/** Settings of the instances. `maxInstances` is a number, or the token of an OpenTofu variable. */
type InstanceSettings = Pick<Environment["gateways"], "image" | "instanceType" | "minInstances" | "maxInstances">;

export interface GatewayFleetProps extends InstanceSettings {
  /** Name of group, role and instances. */
  readonly name: string;
  readonly region: string;
  readonly config: GatewayConfig;
  /** The build that the instances run. */
  readonly build: GatewayBuild;
  /** Target group in which the load balancer finds the gateways. */
  readonly targetGroupArn: string;
  /** Names of target group and load balancer in CloudWatch. */
  readonly targetGroupArnSuffix: string;
  readonly loadBalancerArnSuffix: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly network: NetworkIds;
  readonly securityGroupId: string;
  readonly keysTable: KeysTable;
  readonly routesTable: RoutesTable;
  /** Of the control API, whose users' tokens may be valid in place of keys. @default - there is none */
  readonly controlTable?: ControlTable | undefined;
  /** `undefined` where responses are not stored. */
  readonly responsesTable: ResponsesTable | undefined;
  /** Of files and batches; `undefined` where there are none. */
  readonly batchStorage: BatchStorage | undefined;
  /** Of usage events and used quotas. @default - there are none */
  readonly usageStore?: UsageStore | undefined;
  /** Of the history of generations. @default - there is none */
  readonly historyStore?: HistoryStore | undefined;
  /** Log groups of the instances' agent. */
  readonly logs: ProcessLogs;
  /** Sessions on the instances. @default - nobody gets onto one */
  readonly shell?: ShellAccess | undefined;
  /** Customer key of the volumes; its policy lets Auto Scaling use it. */
  readonly kmsKeyArn: string;
}

/** System and gateway; logs leave the instance. 8 GiB is also the smallest root volume of Amazon Linux 2023. */
const VOLUME_GIB = 8;
/** In which a new gateway, which is in service once it listens, counts for no scaling decision, and no check replaces it. */
const STARTUP_SECONDS = 120;
/** A gateway listens about 30 s after launch. One that does not within this, as a bad version never does, is given up. */
const LAUNCH_SECONDS = 300;

/** The data plane: arm64 instances that run the gateway; only they can connect to engines. */
export class GatewayFleet extends Construct {
  readonly resource: Fleet;

  constructor(scope: Construct, id: string, props: GatewayFleetProps) {
    super(scope, id);
    // Auto Scaling's API has an endpoint where there are engines, and every environment that is valid has some.
    const launchHook =
      props.config.models.length === 0 ? undefined : { name: GATEWAY_LAUNCH_HOOK, heartbeatSeconds: LAUNCH_SECONDS };
    this.resource = new Fleet(this, "Fleet", {
      name: props.name,
      image: props.image,
      instanceType: props.instanceType,
      volumeGiB: VOLUME_GIB,
      kmsKeyArn: props.kmsKeyArn,
      userData: userData({
        role: "gateway",
        variables: {
          [ENV.role]: "gateway",
          [ENV.port]: String(GATEWAY_PORT),
          [ENV.metricsPort]: String(GATEWAY_METRICS_PORT),
          [ENV.gatewayConfig]: toSingleLineJson(props.config),
          ...props.build.variables,
          ...(launchHook ? { [ENV.groupName]: props.name, [ENV.launchHook]: launchHook.name } : {}),
          ...gatewayNodeVariables(catalogInstanceType(props.instanceType).vcpus),
          AWS_REGION: props.region, // the SDK does not read it from the instance's metadata
        },
      }),
      statements: [
        ...props.keysTable.readStatements(),
        props.keysTable.limitsStatement(),
        props.keysTable.lastUsedStatement(),
        ...(props.config.accessTokens?.people && props.controlTable ? [props.controlTable.memberStatement()] : []),
        ...props.routesTable.changeStatements(),
        ...this.#providerStatements(props),
        ...props.build.readStatements(),
        ...(props.responsesTable?.keepStatements() ?? []),
        ...(props.batchStorage?.accessStatements() ?? []),
        ...(props.usageStore?.gatewayStatements() ?? []),
        ...(props.historyStore?.gatewayStatements() ?? []),
        props.logs.writeStatement("gateway"),
        ...(props.shell?.instanceStatements() ?? []),
        ...(launchHook ? [completeLaunchStatement(props.name, props.region)] : []),
        {
          Sid: "DiscoverEngines",
          Effect: "Allow",
          Action: ["elasticloadbalancing:DescribeTargetHealth", "ec2:DescribeInstances"],
          Resource: ["*"],
          purpose: "A gateway finds the healthy engines of each model and their private addresses.",
          reason: "Neither action knows resources: AWS accepts nothing narrower.",
        },
      ],
      securityGroupId: props.securityGroupId,
      subnetIds: props.network.gatewaySubnetIds,
      minInstances: props.minInstances,
      maxInstances: props.maxInstances,
      targetGroupArn: props.targetGroupArn,
      startupSeconds: STARTUP_SECONDS,
      ...(launchHook ? { launchHook } : {}),
      rolloutAlarm: new RolloutAlarm(this, "RolloutAlarm", {
        name: props.name,
        targetGroupArnSuffix: props.targetGroupArnSuffix,
        loadBalancerArnSuffix: props.loadBalancerArnSuffix,
      }).alarmName,
      tags: props.tags,
    });
    const { groupName } = this.resource;
    new GatewayScaling(this, "Scaling", { groupName, environment: props.config.environment });
  }

  #providerStatements({ config: { environment, providers }, region }: GatewayFleetProps): readonly PolicyStatement[] {
    if (providers.length === 0) return [];
    const { accountId } = new DataAwsCallerIdentity(this, "Account", {});
    return providerAccess({ environment, providers, region, accountId });
  }
}
