import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { DescribeLaunchTemplateVersionsCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { asObject, asText, block } from "../../local/template/json.ts";
import { type Applied, expectAll, expectEqual, type StackAssertion } from "./assertion.ts";
import { expectGatewayRights } from "./gateway-rights.ts";
import { roleStatements } from "./role-policy.ts";

export const SERVING: readonly StackAssertion[] = [
  {
    claim: "every target group of instances is checked each 30 seconds",
    types: ["aws_lb_target_group"],
    check: async (applied) => {
      const { TargetGroups = [] } = await new ElasticLoadBalancingV2Client(applied.client).send(
        new DescribeTargetGroupsCommand({ TargetGroupArns: [...idsOf(applied, "aws_lb_target_group")] }),
      );
      expectAll(
        "health checks",
        TargetGroups.filter(({ TargetType }) => TargetType !== "lambda"),
        ({ HealthCheckIntervalSeconds, HealthCheckEnabled }) =>
          HealthCheckIntervalSeconds === 30 && HealthCheckEnabled === true,
      );
    },
  },
  {
    claim: "every group has at least one instance and uses the health checks of its load balancer",
    types: ["aws_autoscaling_group"],
    check: async (applied) => {
      const { AutoScalingGroups = [] } = await new AutoScalingClient(applied.client).send(
        new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [...idsOf(applied, "aws_autoscaling_group")] }),
      );
      expectAll(
        "Auto Scaling groups",
        AutoScalingGroups,
        ({ MinSize = 0, MaxSize = 0, HealthCheckType, TargetGroupARNs = [] }) =>
          MinSize >= 1 && MaxSize >= MinSize && HealthCheckType === "ELB" && TargetGroupARNs.length > 0,
      );
    },
  },
  {
    claim: "instance metadata requires a session, and instances have no public address",
    types: ["aws_launch_template"],
    check: async (applied) => {
      const client = new EC2Client(applied.client);
      const responses = await Promise.all(
        idsOf(applied, "aws_launch_template").map((LaunchTemplateId) =>
          client.send(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId, Versions: ["$Latest"] })),
        ),
      );
      const versions = responses.flatMap(({ LaunchTemplateVersions = [] }) => LaunchTemplateVersions);
      expectAll(
        "launch templates",
        versions,
        ({ LaunchTemplateData }) =>
          LaunchTemplateData?.MetadataOptions?.HttpTokens === "required" &&
          (LaunchTemplateData.NetworkInterfaces ?? []).every(
            ({ AssociatePublicIpAddress }) => AssociatePublicIpAddress !== true,
          ),
      );
    },
  },
  {
    claim:
      "gateways may use the environment's five tables and a batch's objects, write usage events, and read no secret that no provider needs",
    types: ["aws_iam_role", "aws_iam_role_policy"],
    check: async ({ url, run }) => {
      const name = `sluice-${run.name.slice(0, run.name.lastIndexOf("-"))}`;
      expectGatewayRights(await roleStatements(url, `${name}-gateway`), name);
    },
  },
  {
    claim: "the load balancer is internal and requires TLS 1.2 or later on 443",
    types: ["aws_lb", "aws_lb_listener"],
    check: async (applied) => {
      const client = new ElasticLoadBalancingV2Client(applied.client);
      const [arn] = idsOf(applied, "aws_lb");
      const { LoadBalancers = [] } = await client.send(
        new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn ?? ""] }),
      );
      expectEqual("scheme", LoadBalancers[0]?.Scheme, "internal");
      const { Listeners = [] } = await client.send(new DescribeListenersCommand({ LoadBalancerArn: arn }));
      const https = Listeners.find(({ Port }) => Port === 443);
      expectEqual("protocol on 443", https?.Protocol, "HTTPS");
      expectEqual("TLS policy", https?.SslPolicy?.startsWith("ELBSecurityPolicy-TLS13-1-2"), true);
    },
  },
  {
    claim:
      "every load balancer writes access logs to the environment's bucket of them, or none where there is no such bucket",
    types: ["aws_lb"],
    check: async (applied) => {
      const client = new ElasticLoadBalancingV2Client(applied.client);
      for (const LoadBalancerArn of idsOf(applied, "aws_lb")) {
        const { Attributes = [] } = await client.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }));
        const setting = (key: string) => Attributes.find(({ Key }) => Key === `access_logs.s3.${key}`)?.Value;
        const declared = block(asObject(applied.attributes[addressOf(applied, LoadBalancerArn)]).access_logs);
        const isOn = declared?.enabled === true;
        expectEqual(`logs of ${LoadBalancerArn}`, setting("enabled") === "true", isOn);
        if (isOn) expectEqual("their bucket", setting("bucket"), asText(declared?.bucket));
      }
    },
  },
];

/** Address of the resource with an id. */
function addressOf({ attributes }: Applied, id: string): string {
  return Object.keys(attributes).find((address) => asObject(attributes[address]).id === id) ?? "";
}

function idsOf({ attributes }: Applied, type: string): readonly string[] {
  return Object.entries(attributes)
    .filter(([address]) => address.startsWith(`${type}.`))
    .map(([, values]) => asText(asObject(values).id));
}
