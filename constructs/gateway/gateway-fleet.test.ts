import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { GatewayConfig } from "../../contracts/processes/gateway-config.ts";
import { builtAssets } from "../../test-support/built-assets.ts";
import { GATEWAY_CONFIG } from "../../test-support/gateway-config.ts";
import { only, resources, statements, synthConstruct } from "../../test-support/synth.ts";
import { ArtefactStore } from "../data/artefact-store.ts";
import { EncryptionKey } from "../data/encryption-key.ts";
import { KeysTable } from "../data/keys-table.ts";
import { RoutesTable } from "../data/routes-table.ts";
import { Network } from "../network/network.ts";
import { ProcessLogs } from "../observability/process-logs.ts";
import { GatewayBuild } from "./gateway-build.ts";
import { GatewayFleet } from "./gateway-fleet.ts";

const region = "us-east-1";
const config: GatewayConfig = { ...GATEWAY_CONFIG, drainSeconds: 60 };
const assets = builtAssets();
afterAll(() => assets.remove());
const stack = synthConstruct((scope) => {
  const encryptionKey = new EncryptionKey(scope, "Key", { name: "t", region, isProtected: false });
  new GatewayFleet(scope, "Gateways", {
    name: "test-gateway",
    region,
    image: "ami-0123456789abcdef0",
    instanceType: "t4g.small",
    minInstances: 1,
    maxInstances: 2,
    config,
    build: new GatewayBuild(scope, "Build", {
      artefacts: new ArtefactStore(scope, "Artefacts", { namePrefix: "t-", encryptionKey, isProtected: false }),
      bundle: join(assets.gateway, "server.mjs"),
    }),
    targetGroupArn: "arn:gateways",
    responsesTable: undefined,
    batchStorage: undefined,
    targetGroupArnSuffix: "targetgroup/gateways/1",
    loadBalancerArnSuffix: "app/t/1",
    tags: {},
    network: new Network(scope, "Network", { name: "t", region, zones: ["a", "b"], cidr: "10.0.0.0/16" }),
    securityGroupId: "sg-gateway",
    keysTable: new KeysTable(scope, "Keys", { name: "keys", encryptionKey, isProtected: false }),
    routesTable: new RoutesTable(scope, "Routes", { name: "routes", encryptionKey, isProtected: false }),
    kmsKeyArn: encryptionKey.arn,
    logs: new ProcessLogs(scope, "Logs", { name: "t", logRetentionDays: 30, kmsKeyArn: encryptionKey.arn }),
  });
});

describe("the gateway fleet", () => {
  test("its gateways' user data has the whole configuration on one line", () => {
    const script = Object.values(stack.locals ?? {})[0]!;
    expect(GatewayConfig.parse(JSON.parse(/^SLUICE_CONFIG='(.*)'$/m.exec(script)![1]!))).toEqual(config);
    expect(script).toContain("SLUICE_PORT='8080'\n");
    expect(script).toContain("SLUICE_METRICS_PORT='9090'\n");
    expect(script).toContain("NODE_OPTIONS='--max-semi-space-size=32 --v8-pool-size=1'\n");
  });

  test("its gateways may read single keys, store their last use, read their own build, change routes, write their logs and look for engines, no more", () => {
    const granted = statements(only(stack, "aws_iam_role_policy").policy).map(({ Action, Resource }) => [
      Action.join(" "),
      Resource.join(" "),
    ]);
    expect(granted).toEqual([
      ["dynamodb:GetItem", expect.stringContaining("aws_dynamodb_table.Keys")],
      ["kms:Decrypt", expect.stringContaining("aws_kms_key.Key")],
      ["dynamodb:BatchGetItem", expect.stringContaining("aws_dynamodb_table.Keys")],
      ["dynamodb:UpdateItem", expect.stringContaining("aws_dynamodb_table.Keys")],
      [
        "dynamodb:GetItem dynamodb:Query dynamodb:UpdateItem dynamodb:DeleteItem",
        expect.stringContaining("aws_dynamodb_table.Routes"),
      ],
      ["kms:Decrypt", expect.stringContaining("aws_kms_key.Key")],
      ["s3:GetObjectVersion", expect.stringMatching(/Artefacts_Bucket.*\/gateway\/\*$/)],
      ["kms:Decrypt", expect.stringContaining("aws_kms_key.Key")],
      ["logs:CreateLogStream logs:PutLogEvents logs:DescribeLogStreams", expect.stringMatching(/Logs_gateway_.*:\*/)],
      [
        "autoscaling:CompleteLifecycleAction",
        "arn:aws:autoscaling:us-east-1:*:autoScalingGroup:*:autoScalingGroupName/test-gateway",
      ],
      ["elasticloadbalancing:DescribeTargetHealth ec2:DescribeInstances", "*"],
    ]);
  });

  // documented: gateway-in-service-when-ready
  test("a gateway is in service once it has completed its launch hook, and given up after five minutes", () => {
    const hook = {
      name: "gateway-ready",
      lifecycle_transition: "autoscaling:EC2_INSTANCE_LAUNCHING",
      heartbeat_timeout: 300,
      default_result: "ABANDON",
    };
    expect(only(stack, "aws_autoscaling_group").initial_lifecycle_hook).toEqual([hook]);
    expect(only(stack, "aws_autoscaling_lifecycle_hook")).toMatchObject(hook);
    const script = Object.values(stack.locals ?? {})[0]!;
    expect(script).toContain("SLUICE_GROUP_NAME='test-gateway'\n");
    expect(script).toContain("SLUICE_LAUNCH_HOOK='gateway-ready'\n");
  });

  test("a new version replaces gateways one after another, new ones first, and stops when they become unhealthy", () => {
    const { instance_refresh } = only(stack, "aws_autoscaling_group");
    expect(instance_refresh.preferences).toMatchObject({
      min_healthy_percentage: 100,
      max_healthy_percentage: 200,
      alarm_specification: { alarms: [expect.stringContaining("Gateways_RolloutAlarm")] },
    });
  });

  test("scales between its bounds by policies of its own group", () => {
    const policies = Object.values(resources(stack, "aws_autoscaling_policy"));
    expect(policies.map(({ name }) => name)).toEqual([
      expect.stringMatching(/-cpu$/),
      expect.stringMatching(/-in-flight$/),
    ]);
    for (const { autoscaling_group_name } of policies) expect(autoscaling_group_name).toMatch(/Gateways_Fleet.*\.name/);
  });

  test("is in subnets of its own behind the load balancer", () => {
    const group = only(stack, "aws_autoscaling_group");
    expect(group.target_group_arns).toEqual(["arn:gateways"]);
    for (const subnet of group.vpc_zone_identifier) expect(subnet).toContain("GatewaySubnets");
  });
});
