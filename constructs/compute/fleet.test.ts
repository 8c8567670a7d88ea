import { describe, expect, test } from "vitest";
import { only, resources, statements, synthConstruct, typeCounts } from "../../test-support/synth.ts";
import { Fleet, type FleetProps } from "./fleet.ts";

const STATEMENT = {
  Sid: "Read",
  Effect: "Allow",
  Action: ["s3:GetObject"],
  Resource: ["arn:aws:s3:::b/*"],
} as const;
const PROPS: FleetProps = {
  name: "test-gateway",
  image: "ami-0123456789abcdef0",
  instanceType: "t4g.small",
  volumeGiB: 8,
  kmsKeyArn: "arn:key",
  userData: "#!/bin/bash\n",
  statements: [{ ...STATEMENT, purpose: "It reads." }],
  securityGroupId: "sg-1",
  subnetIds: ["subnet-1", "subnet-2"],
  minInstances: 1,
  maxInstances: 3,
  targetGroupArn: "arn:targets",
  startupSeconds: 300,
  tags: { Project: "sluice", CostCenter: "x" },
};
const synth = (props: Partial<FleetProps> = {}) =>
  synthConstruct((scope) => {
    new Fleet(scope, "Fleet", { ...PROPS, ...props });
  });
const stack = synth();

describe("a fleet", () => {
  test("is a group, its template and its role", () => {
    expect(typeCounts(stack)).toEqual({
      aws_autoscaling_group: 1,
      aws_iam_instance_profile: 1,
      aws_iam_role: 1,
      aws_iam_role_policy: 1,
      aws_launch_template: 1,
    });
    expect(statements(only(stack, "aws_iam_role_policy").policy)).toEqual([STATEMENT]);
  });

  test("requires session tokens, and lets no container use the role's credentials", () => {
    expect(only(stack, "aws_launch_template").metadata_options).toEqual({
      http_endpoint: "enabled",
      http_tokens: "required",
      http_put_response_hop_limit: 1,
    });
  });

  test("encrypts the disk and assigns no public address", () => {
    const template = only(stack, "aws_launch_template");
    expect(template.block_device_mappings[0].ebs).toMatchObject({
      encrypted: "true",
      kms_key_id: "arn:key",
      volume_size: 8,
      volume_type: "gp3",
    });
    expect(template).not.toHaveProperty("network_interfaces");
    expect(template.vpc_security_group_ids).toEqual(["sg-1"]);
  });

  test("its volume has gp3's own speed, or a paid one", () => {
    const ebs = (props: Partial<FleetProps>) => only(synth(props), "aws_launch_template").block_device_mappings[0].ebs;
    expect(ebs({ volumeMiBPerSecond: 125, volumeInitializationMiBPerSecond: null })).toEqual(ebs({}));
    expect(ebs({})).not.toHaveProperty("throughput");
    expect(ebs({ volumeMiBPerSecond: 500, volumeInitializationMiBPerSecond: 300 })).toMatchObject({
      throughput: 500,
      volume_initialization_rate: 300,
    });
  });

  test.each([
    ["new-first", 1, 100, 200],
    ["new-first", 4, 100, 200],
    ["old-first", 1, 0, 100],
    ["old-first", 3, 66, 100],
  ] as const)(
    "replaced %s with at least %i instances, it has %i to %i %% of them",
    (replacement, minInstances, min, max) => {
      const group = only(synth({ replacement, minInstances, maxInstances: 4 }), "aws_autoscaling_group");
      const limits = { min_healthy_percentage: min, max_healthy_percentage: max };
      expect(group.instance_maintenance_policy).toEqual(limits);
      expect(group.instance_refresh.preferences).toMatchObject(limits);
    },
  );

  test("its script is base64 of a local value, so that a plan shows the clear text", () => {
    const [name, text] = Object.entries(stack.locals ?? {})[0]!;
    expect(text).toBe("#!/bin/bash\n");
    expect(only(stack, "aws_launch_template").user_data).toBe(`\${base64gzip(local.${name})}`);
  });

  test("the load balancer's check replaces unhealthy instances after their start-up time", () => {
    expect(only(stack, "aws_autoscaling_group")).toMatchObject({
      min_size: 1,
      max_size: 3,
      health_check_type: "ELB",
      health_check_grace_period: 300,
      target_group_arns: ["arn:targets"],
      vpc_zone_identifier: ["subnet-1", "subnet-2"],
    });
  });

  test("a new template rolls out with new instances first", () => {
    const group = only(stack, "aws_autoscaling_group");
    expect(group.launch_template.version).toMatch(/latest_version\}$/);
    expect(group.instance_refresh).toEqual({
      strategy: "Rolling",
      preferences: { min_healthy_percentage: 100, max_healthy_percentage: 200, auto_rollback: true },
    });
    expect(group.instance_maintenance_policy).toEqual({ min_healthy_percentage: 100, max_healthy_percentage: 200 });
  });

  test("a rollout stops on its alarm, and is rolled back where the template names an image id", () => {
    const preferences = (props: Partial<FleetProps>) =>
      only(synth({ rolloutAlarm: "sick", ...props }), "aws_autoscaling_group").instance_refresh.preferences;
    expect(preferences({})).toMatchObject({ auto_rollback: true, alarm_specification: { alarms: ["sick"] } });
    // AWS refuses a rollback to a template whose image is looked up at launch.
    expect(preferences({ image: "resolve:ssm:/images/a" })).not.toHaveProperty("auto_rollback");
  });

  test("its hooks delay the very first instance too, and follow later changes", () => {
    const hooked = synth({
      launchHook: { name: "ready", heartbeatSeconds: 300 },
      terminateHook: { name: "drain", heartbeatSeconds: 120, metadata: '{"a":1}' },
    });
    const launch = {
      name: "ready",
      lifecycle_transition: "autoscaling:EC2_INSTANCE_LAUNCHING",
      heartbeat_timeout: 300,
      default_result: "ABANDON",
    };
    expect(only(hooked, "aws_autoscaling_group").initial_lifecycle_hook).toEqual([launch]);
    expect(Object.values(resources(hooked, "aws_autoscaling_lifecycle_hook"))).toMatchObject([
      launch,
      {
        name: "drain",
        lifecycle_transition: "autoscaling:EC2_INSTANCE_TERMINATING",
        heartbeat_timeout: 120,
        default_result: "CONTINUE",
        notification_metadata: '{"a":1}',
      },
    ]);
  });

  test("on Spot its base capacity is on demand, and other instance types may replace its own", () => {
    const group = only(
      synth({ purchase: { option: "spot", onDemandBase: 1, overrides: ["g6.xlarge", "t4g.small"] } }),
      "aws_autoscaling_group",
    );
    expect(group).not.toHaveProperty("launch_template");
    expect(group.capacity_rebalance).toBe(true);
    expect(group.mixed_instances_policy).toMatchObject({
      instances_distribution: {
        on_demand_base_capacity: 1,
        on_demand_percentage_above_base_capacity: 0,
        spot_allocation_strategy: "price-capacity-optimized",
      },
      launch_template: {
        launch_template_specification: { version: expect.stringMatching(/latest_version\}$/) },
        override: [{ instance_type: "t4g.small" }, { instance_type: "g6.xlarge" }],
      },
    });
  });

  test("uses a capacity reservation before other on-demand capacity", () => {
    expect(only(stack, "aws_autoscaling_group")).not.toHaveProperty("capacity_reservation_specification");
    const group = only(synth({ capacityReservation: { id: "cr-0123456789abcdef0" } }), "aws_autoscaling_group");
    expect(group.capacity_reservation_specification).toEqual({
      capacity_reservation_preference: "capacity-reservations-first",
      capacity_reservation_target: { capacity_reservation_ids: ["cr-0123456789abcdef0"] },
    });
  });

  test("a Capacity Block is the only capacity it uses, and the market of its template", () => {
    const block = synth({ purchase: { option: "capacity-block", reservationId: "cr-0123456789abcdef0" } });
    expect(only(block, "aws_autoscaling_group").capacity_reservation_specification).toEqual({
      capacity_reservation_preference: "capacity-reservations-only",
      capacity_reservation_target: { capacity_reservation_ids: ["cr-0123456789abcdef0"] },
    });
    expect(only(block, "aws_autoscaling_group")).not.toHaveProperty("mixed_instances_policy");
    expect(only(block, "aws_launch_template").instance_market_options).toEqual({ market_type: "capacity-block" });
    expect(only(stack, "aws_launch_template")).not.toHaveProperty("instance_market_options");
  });

  test("its warm-up time is its start-up time, unless the props set another", () => {
    expect(only(stack, "aws_autoscaling_group").default_instance_warmup).toBe(300);
    expect(only(synth({ warmupSeconds: 60 }), "aws_autoscaling_group").default_instance_warmup).toBe(60);
  });

  test("instances, volumes and network interfaces carry the cost tags", () => {
    const tags = { Project: "sluice", CostCenter: "x", Name: "test-gateway" };
    expect(only(stack, "aws_launch_template").tag_specifications).toEqual(
      ["instance", "volume", "network-interface"].map((type) => ({ resource_type: type, tags })),
    );
    expect(only(stack, "aws_autoscaling_group").tag).toContainEqual({
      key: "CostCenter",
      value: "x",
      propagate_at_launch: true,
    });
  });

  test("has a warm pool of stopped instances only where the props have one", () => {
    expect(only(stack, "aws_autoscaling_group")).not.toHaveProperty("warm_pool");
    expect(only(synth({ warmPool: { minInstances: 1, maxPrepared: 3 } }), "aws_autoscaling_group").warm_pool).toEqual({
      pool_state: "Stopped",
      min_size: 1,
      max_group_prepared_capacity: 3,
      instance_reuse_policy: { reuse_on_scale_in: true },
    });
  });
});
