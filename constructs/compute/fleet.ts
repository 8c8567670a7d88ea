import { AutoscalingGroup } from "@cdktf/provider-aws/lib/autoscaling-group/index.js";
import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile/index.js";
import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template/index.js";
import { Fn, TerraformLocal, Token } from "cdktf";
import { Construct } from "constructs";
import type { PoolSettings } from "../../settings/environment.ts";
import { roleName } from "../identity/role-name.ts";
import { type PolicyStatement, ServiceRole } from "../identity/service-role.ts";
import { initialHook, type LaunchHook, LifecycleHooks, type TerminateHook } from "./lifecycle-hooks.ts";
import { capacityOf, marketOf, mixedInstances } from "./purchase.ts";

/** Settings that every fleet has. `maxInstances` is a number, or the token of an OpenTofu variable. */
type FleetSettings = Pick<
  PoolSettings,
  "image" | "instanceType" | "volumeGiB" | "minInstances" | "maxInstances" | "startupSeconds"
>;
/** Settings that a fleet may have. @default - on demand, without a capacity reservation and a warm pool, new instances first */
type PurchaseSettings = Pick<PoolSettings, "purchase" | "capacityReservation" | "warmPool" | "replacement">;
/** Speed of the root volume. @default - gp3's own: 125 MiB/s, and no promise for the time after its creation */
type VolumeSettings = Pick<PoolSettings, "volumeMiBPerSecond" | "volumeInitializationMiBPerSecond">;

export interface FleetProps extends FleetSettings, Partial<PurchaseSettings>, Partial<VolumeSettings> {
  /** Name of group, template, role and instances. */
  readonly name: string;
  /** Customer key of the volumes; its policy lets Auto Scaling use it. */
  readonly kmsKeyArn: string;
  /** First-boot script, in clear text. */
  readonly userData: string;
  /** Permissions of the instances. */
  readonly statements: readonly PolicyStatement[];
  readonly securityGroupId: string;
  readonly subnetIds: readonly string[];
  readonly targetGroupArn: string;
  /** Seconds of a new instance in which it counts for no scaling decision. @default - `startupSeconds` */
  readonly warmupSeconds?: number;
  /** Lifecycle hook that delays service until the instance is ready. @default - in service as soon as it runs */
  readonly launchHook?: LaunchHook;
  /** Lifecycle hooks that delay termination until the instance's work is done. @default - terminated once deregistered */
  readonly terminateHook?: TerminateHook;
  /** Types of which AWS launches those with Spot capacity, the fleet's own first. @default - its own and the overrides */
  readonly launchTypes?: readonly string[];
  /** Name of the alarm that stops the rollout of a new template. @default - failing instances alone stop it */
  readonly rolloutAlarm?: string;
  /** Metrics of the group that CloudWatch gets each minute, free of charge. @default - none */
  readonly groupMetrics?: readonly string[];
  /** Tags of everything in the fleet: the provider's default tags reach neither instances nor volumes. */
  readonly tags: Readonly<Record<string, string>>;
}

/** gp3 without a further price, in MiB/s. */
const BASE_THROUGHPUT = 125;

/** Identical instances in isolated subnets that replace themselves when the load balancer finds them unhealthy. */
export class Fleet extends Construct {
  readonly resource: AutoscalingGroup;
  readonly groupName: string;

  // biome-ignore lint/complexity/noExcessiveLinesPerFunction: a declaration of resources
  constructor(scope: Construct, id: string, props: FleetProps) {
    super(scope, id);
    const limits = replacementLimits(props);
    const { name, warmPool, launchHook, terminateHook, purchase, capacityReservation, rolloutAlarm } = props;
    const { statements } = props;
    const role = new ServiceRole(this, "Role", { name: roleName(name), service: "ec2.amazonaws.com", statements });
    const profile = new IamInstanceProfile(this, "Profile", { name, role: role.resource.name });
    const tags = { ...props.tags, Name: name };
    const script = new TerraformLocal(this, "UserData", props.userData);
    const template = new LaunchTemplate(this, "Template", {
      name,
      updateDefaultVersion: true,
      imageId: props.image,
      instanceType: props.instanceType,
      ...marketOf(purchase),
      userData: Fn.base64gzip(script.asString), // cloud-init decompresses it; EC2 takes 16 KiB
      iamInstanceProfile: { arn: profile.arn },
      vpcSecurityGroupIds: [props.securityGroupId],
      // One hop: the instance itself can read the role's credentials, a container on it cannot.
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [
        {
          deviceName: "/dev/xvda",
          ebs: {
            volumeSize: props.volumeGiB,
            volumeType: "gp3",
            ...volumeSpeed(props),
            encrypted: "true",
            kmsKeyId: props.kmsKeyArn,
            deleteOnTermination: "true",
          },
        },
      ],
      tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({ resourceType, tags })),
    });
    const version = { id: template.id, version: Token.asString(template.latestVersion) };
    this.resource = new AutoscalingGroup(this, "Default", {
      name,
      minSize: props.minInstances,
      maxSize: props.maxInstances,
      vpcZoneIdentifier: [...props.subnetIds],
      ...(purchase?.option === "spot"
        ? {
            mixedInstancesPolicy: mixedInstances(
              purchase,
              version,
              props.launchTypes ?? [...new Set([props.instanceType, ...purchase.overrides])],
            ),
            capacityRebalance: true,
          }
        : { launchTemplate: version }),
      ...capacityOf({ purchase, capacityReservation }),
      targetGroupArns: [props.targetGroupArn],
      ...(props.groupMetrics ? { enabledMetrics: [...props.groupMetrics] } : {}),
      healthCheckType: "ELB",
      healthCheckGracePeriod: props.startupSeconds,
      defaultInstanceWarmup: props.warmupSeconds ?? props.startupSeconds,
      // Old versions are terminated first; then the newest instance, whose caches hold least. AWS balances zones before both.
      terminationPolicies: ["OldestLaunchTemplate", "NewestInstance"],
      ...(launchHook ? { initialLifecycleHook: [initialHook(launchHook)] } : {}),
      // GPUs can be sold out for hours; an apply must not wait for them. Alarms report missing instances.
      waitForCapacityTimeout: "0",
      // Also when AWS replaces an instance on its own (health, zones, Spot).
      instanceMaintenancePolicy: limits,
      instanceRefresh: {
        strategy: "Rolling",
        preferences: {
          ...limits,
          // AWS can roll back to a numbered template version that names an image id (`latest_version` is a number), but
          // not where it looks the image up at launch: there the rollout only stops.
          ...(props.image.startsWith("ami-") ? { autoRollback: true } : {}),
          ...(rolloutAlarm === undefined ? {} : { alarmSpecification: { alarms: [rolloutAlarm] } }),
        },
      },
      ...(warmPool
        ? {
            warmPool: {
              poolState: "Stopped", // costs the volume only
              minSize: warmPool.minInstances,
              maxGroupPreparedCapacity: warmPool.maxPrepared, // otherwise AWS prepares up to the group's maximum
              instanceReusePolicy: { reuseOnScaleIn: true },
            },
          }
        : {}),
      tag: Object.entries(tags).map(([key, value]) => ({ key, value, propagateAtLaunch: true })),
    });
    this.groupName = this.resource.name;
    new LifecycleHooks(this, "Hooks", { group: this.resource, launchHook, terminateHook });
  }
}

/**
 * How much of a fleet stays in service while instances are replaced, in percent. New instances first: a fleet of one is
 * never empty, and twice the capacity is needed. Old ones first: one of the fewest instances at a time is missing.
 */
function replacementLimits({ replacement, minInstances }: Pick<FleetProps, "replacement" | "minInstances">) {
  if (replacement !== "old-first") return { minHealthyPercentage: 100, maxHealthyPercentage: 200 };
  return { minHealthyPercentage: Math.floor((100 * (minInstances - 1)) / minInstances), maxHealthyPercentage: 100 };
}

function volumeSpeed({ volumeMiBPerSecond, volumeInitializationMiBPerSecond }: Partial<VolumeSettings>) {
  return {
    ...(volumeMiBPerSecond === undefined || volumeMiBPerSecond === BASE_THROUGHPUT
      ? {}
      : { throughput: volumeMiBPerSecond }),
    ...(volumeInitializationMiBPerSecond ? { volumeInitializationRate: volumeInitializationMiBPerSecond } : {}),
  };
}
