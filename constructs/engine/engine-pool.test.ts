import { describe, expect, test } from "vitest";
import { DrainMetadata } from "../../contracts/processes/engine-drain.ts";
import type { PoolSettings } from "../../settings/environment.ts";
import { only, resources, statements, synthConstruct, typeCounts } from "../../test-support/synth.ts";
import { ArtefactStore } from "../data/artefact-store.ts";
import { EncryptionKey } from "../data/encryption-key.ts";
import { LoadBalancer } from "../load-balancing/load-balancer.ts";
import { Network } from "../network/network.ts";
import { ProcessLogs } from "../observability/process-logs.ts";
import { EnginePool } from "./engine-pool.ts";

const SETTINGS: PoolSettings = {
  model: "phi-3-mini-4k-instruct",
  weights: null,
  instanceType: "g5.xlarge",
  tensorParallel: 1,
  replicasPerInstance: 1,
  contextTokens: 4096,
  maxSequences: 8,
  maxQueued: 8,
  engineArguments: {},
  volumeMiBPerSecond: 125,
  volumeInitializationMiBPerSecond: null,
  replacement: "new-first",
  minInstances: 1,
  maxInstances: 2,
  image: "ami-0123456789abcdef0",
  volumeGiB: 60,
  startupSeconds: 300,
  warmPool: null,
  purchase: { option: "on-demand" },
  capacityReservation: null,
};

function synthPool(settings: Partial<PoolSettings> = {}) {
  return synthConstruct((scope) => {
    const region = "us-east-1";
    const encryptionKey = new EncryptionKey(scope, "Key", { name: "t", region, isProtected: false });
    new EnginePool(scope, "Pool", {
      ...SETTINGS,
      ...settings,
      name: "test-engine-phi",
      region,
      servedName: "phi",
      drainSeconds: 60,
      tags: {},
      network: new Network(scope, "Network", { name: "t", region, zones: ["a", "b"], cidr: "10.0.0.0/16" }),
      securityGroupId: "sg-engine",
      loadBalancer: new LoadBalancer(scope, "LoadBalancer", {
        name: "t",
        subnetIds: ["subnet-1", "subnet-2"],
        securityGroupId: "sg-lb",
        idleTimeoutSeconds: 60,
        isProtected: false,
      }),
      artefacts: new ArtefactStore(scope, "Artefacts", { namePrefix: "t-", encryptionKey, isProtected: false }),
      kmsKeyArn: encryptionKey.arn,
      logs: new ProcessLogs(scope, "Logs", { name: "t", logRetentionDays: 30, kmsKeyArn: encryptionKey.arn }),
    });
  });
}

const userDataOf = (synthesized: typeof stack) => Object.values(synthesized.locals ?? {})[0];
const stack = synthPool();
const script = userDataOf(stack);

describe("an engine pool", () => {
  test("on Spot of families has the group launch any of their types that can take the place of its own", () => {
    const purchase = { option: "spot", onDemandBase: 1, overrides: ["g6e.xlarge"], families: ["g6"] } as const;
    const [policy] = [only(synthPool({ purchase }), "aws_autoscaling_group").mixed_instances_policy];
    expect(
      policy.launch_template.override.map(({ instance_type }: { instance_type: string }) => instance_type),
    ).toEqual(["g5.xlarge", "g6e.xlarge", "g6.xlarge", "g6.2xlarge", "g6.4xlarge"]);
  });

  test("is one fleet, one target group and one rule on the engine listener", () => {
    expect(typeCounts(stack)).toMatchObject({
      aws_autoscaling_group: 1,
      aws_launch_template: 1,
      aws_lb_target_group: 1,
      aws_lb_listener_rule: 1,
      aws_autoscaling_lifecycle_hook: 2,
      aws_autoscaling_policy: 2,
      aws_cloudwatch_metric_alarm: 3,
    });
    expect(only(stack, "aws_lb_listener_rule")).toMatchObject({
      condition: [{ host_header: { values: ["phi.engines.internal"] } }],
      action: [{ type: "forward", target_group_arn: expect.stringContaining("Pool_Targets") }],
    });
    expect(only(stack, "aws_autoscaling_group").target_group_arns).toEqual([expect.stringContaining("Pool_Targets")]);
  });

  // documented: engine-health-check
  test("is checked on /health every 30 seconds, and has the pool's start-up time", () => {
    expect(only(stack, "aws_lb_target_group")).toMatchObject({
      port: 8000,
      protocol: "HTTP",
      load_balancing_algorithm_type: "least_outstanding_requests",
      deregistration_delay: "60",
      health_check: { path: "/health", interval: 30, unhealthy_threshold: 2, matcher: "200" },
    });
    expect(only(stack, "aws_autoscaling_group").health_check_grace_period).toBe(300);
    expect(only(stack, "aws_autoscaling_group").enabled_metrics).toEqual(["GroupPendingInstances"]);
  });

  test("its engines' user data has role, model, arguments and the location of the weights", () => {
    expect(script).toContain("SLUICE_ROLE='engine'\n");
    expect(script).toContain("SLUICE_MODEL='phi'\n");
    expect(JSON.parse(/^SLUICE_ENGINE_ARGUMENTS='(.*)'$/m.exec(script!)![1]!)).toContain("--max-num-seqs");
    expect(script).toMatch(
      /^SLUICE_WEIGHTS_URI='s3:\/\/.*\/weights\/microsoft\/Phi-3-mini-4k-instruct\/0a67737c.*\/'$/m,
    );
  });

  test("its engines may read their weights, write logs and metrics, and complete their launch hook", () => {
    const granted = statements(only(stack, "aws_iam_role_policy").policy);
    expect(granted.flatMap(({ Action }) => Action)).toEqual([
      "s3:GetObject",
      "s3:ListBucket",
      "kms:Decrypt",
      "logs:CreateLogStream",
      "logs:PutLogEvents",
      "logs:DescribeLogStreams",
      "autoscaling:CompleteLifecycleAction",
      "autoscaling:RecordLifecycleActionHeartbeat",
      "cloudwatch:PutMetricData",
      "ec2:DescribeTags",
    ]);
    expect(granted.find(({ Sid }) => Sid === "CompleteLaunch")?.Resource).toEqual([
      "arn:aws:autoscaling:us-east-1:*:autoScalingGroup:*:autoScalingGroupName/test-engine-phi",
    ]);
    expect(granted.find(({ Sid }) => Sid === "PublishMetrics")?.Condition).toEqual({
      StringEquals: { "cloudwatch:namespace": "CWAgent" },
    });
  });

  // documented: own-weights-access
  test("with weights of the user's own, its engines read that folder by its key, and nothing of the environment's bucket", () => {
    const kmsKeyArn = "arn:aws:kms:us-east-1:210987654321:key/0a1b";
    const own = synthPool({ weights: { s3: "s3://team-models/support/2026-11", account: "210987654321", kmsKeyArn } });
    expect(userDataOf(own)).toContain("SLUICE_WEIGHTS_URI='s3://team-models/support/2026-11/'\n");
    const granted = statements(only(own, "aws_iam_role_policy").policy).filter(({ Action }) =>
      [Action].flat().some((action) => /^(s3|kms):/.test(String(action))),
    );
    expect(granted).toEqual([
      expect.objectContaining({
        Action: ["s3:GetObject"],
        Resource: ["arn:aws:s3:::team-models/support/2026-11/*"],
      }),
      expect.objectContaining({
        Action: ["s3:ListBucket"],
        Resource: ["arn:aws:s3:::team-models"],
        Condition: { StringLikeIfExists: { "s3:prefix": ["support/2026-11/*"] } },
      }),
      expect.objectContaining({
        Action: ["kms:Decrypt"],
        Resource: [kmsKeyArn],
        Condition: { StringEquals: { "kms:ViaService": "s3.us-east-1.amazonaws.com" } },
      }),
    ]);
  });

  test("with weights of the user's own under S3's own key, its engines use no key", () => {
    const own = synthPool({ weights: { s3: "s3://team-models/support/2026-11" } });
    const actions = statements(only(own, "aws_iam_role_policy").policy).flatMap(({ Action }) => Action);
    expect(actions).not.toContain("kms:Decrypt");
  });

  test("a new engine waits for its own /health, as long as the pool's start may take", () => {
    expect(script).toContain("SLUICE_GROUP_NAME='test-engine-phi'\n");
    expect(script).toContain("SLUICE_LAUNCH_HOOK='engine-ready'\n");
    const group = only(stack, "aws_autoscaling_group");
    expect(group.name).toBe("test-engine-phi");
    expect(group.initial_lifecycle_hook).toMatchObject([
      { name: "engine-ready", heartbeat_timeout: 300, default_result: "ABANDON" },
    ]);
  });

  test("the termination of an engine is delayed until its requests can end, and its hook names pool and target group", () => {
    const hooks = Object.values(resources(stack, "aws_autoscaling_lifecycle_hook"));
    const terminate = hooks.find(({ name }) => name === "engine-drained")!;
    expect(terminate).toMatchObject({ heartbeat_timeout: 180, default_result: "CONTINUE" });
    expect(DrainMetadata.parse(JSON.parse(terminate.notification_metadata))).toEqual({
      targetGroupArn: expect.stringContaining("Pool_Targets"),
      port: 8000,
      drainSeconds: 60,
    });
  });

  test("a rollout stops when instances that were ready become unhealthy", () => {
    const alarms = Object.entries(resources(stack, "aws_cloudwatch_metric_alarm"));
    const [name, alarm] = alarms.find(([id]) => id.includes("Rollout"))!;
    expect(alarm).toMatchObject({ metric_name: "UnHealthyHostCount", threshold: 0, evaluation_periods: 2 });
    expect(Object.keys(alarm.dimensions).sort()).toEqual(["LoadBalancer", "TargetGroup"]);
    expect(only(stack, "aws_autoscaling_group").instance_refresh.preferences).toMatchObject({
      alarm_specification: { alarms: [`\${aws_cloudwatch_metric_alarm.${name}.alarm_name}`] },
      auto_rollback: true,
    });
  });

  test("is in private subnets", () => {
    for (const subnet of only(stack, "aws_autoscaling_group").vpc_zone_identifier) expect(subnet).toContain("Private");
    expect(Object.keys(resources(stack, "aws_eip"))).toEqual([]);
  });
});
