import { AutoscalingGroup } from "@cdktf/provider-aws/lib/autoscaling-group/index.js";
import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile/index.js";
import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template/index.js";
import { Fn, TerraformLocal, Token } from "cdktf";
import { Construct } from "constructs";
import { type PolicyStatement, ServiceRole } from "../identity/service-role.ts";

export interface FleetProps {
  /** Name of group, template, role and instances. */
  readonly name: string;
  /** Machine image: `ami-…`, or `resolve:ssm:…`, which EC2 looks up at each launch. */
  readonly image: string;
  readonly instanceType: string;
  readonly volumeGiB: number;
  /** First-boot script, in clear text. */
  readonly userData: string;
  /** What the instances may do in AWS. */
  readonly statements: readonly PolicyStatement[];
  readonly securityGroupId: string;
  readonly subnetIds: readonly string[];
  readonly minInstances: number;
  /** A number, or the token of an OpenTofu variable. */
  readonly maxInstances: number;
  readonly targetGroupArn: string;
  /** Seconds from launch in which a failing health check is no reason to replace an instance. */
  readonly startupSeconds: number;
  /** Stopped instances that are booted already. @default - none */
  readonly warmPool?: { readonly minInstances: number; readonly maxPrepared: number };
  /** Tags of everything in the fleet: the provider's default tags reach neither instances nor volumes. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Identical instances in isolated subnets that replace themselves when the load balancer finds them unhealthy. */
export class Fleet extends Construct {
  readonly resource: AutoscalingGroup;
  readonly groupName: string;

  constructor(scope: Construct, id: string, props: FleetProps) {
    super(scope, id);
    const { name, warmPool } = props;
    const role = new ServiceRole(this, "Role", { name, service: "ec2.amazonaws.com", statements: props.statements });
    const profile = new IamInstanceProfile(this, "Profile", { name, role: role.resource.name });
    const tags = { ...props.tags, Name: name };
    const script = new TerraformLocal(this, "UserData", props.userData);
    const template = new LaunchTemplate(this, "Template", {
      name,
      updateDefaultVersion: true,
      imageId: props.image,
      instanceType: props.instanceType,
      userData: Fn.base64encode(script.asString),
      iamInstanceProfile: { arn: profile.arn },
      vpcSecurityGroupIds: [props.securityGroupId],
      // One hop: the instance itself, no container on it, gets at the role's credentials.
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [
        {
          deviceName: "/dev/xvda",
          ebs: { volumeSize: props.volumeGiB, volumeType: "gp3", encrypted: "true", deleteOnTermination: "true" },
        },
      ],
      tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({ resourceType, tags })),
    });
    this.resource = new AutoscalingGroup(this, "Default", {
      name,
      minSize: props.minInstances,
      maxSize: props.maxInstances,
      vpcZoneIdentifier: [...props.subnetIds],
      launchTemplate: { id: template.id, version: Token.asString(template.latestVersion) },
      targetGroupArns: [props.targetGroupArn],
      healthCheckType: "ELB",
      healthCheckGracePeriod: props.startupSeconds,
      defaultInstanceWarmup: props.startupSeconds,
      // GPUs can be sold out for hours; an apply must not wait for them. Alarms tell of missing instances.
      waitForCapacityTimeout: "0",
      instanceRefresh: {
        strategy: "Rolling",
        // New ones first: a fleet of one would otherwise be empty while it is renewed.
        preferences: { minHealthyPercentage: 100, maxHealthyPercentage: 200 },
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
  }
}
