/**
 * Gaps of the acceptance run, each with the tests that cover it instead. This list may only shrink: a gap that an
 * emulator or a newer provider closes is removed, and no gap is added that a change of the code under test could avoid.
 */
export interface KnownGap {
  readonly what: string;
  readonly why: string;
  readonly coveredBy: string;
}

/** Attributes and types that the testbed's provider does not support: `type.attribute`. */
export const DROPS: readonly KnownGap[] = [];

/** A value that AWS accepts and the testbed's older provider refuses. */
export interface KnownGapValue extends KnownGap {
  readonly type: string;
  readonly attribute: string;
  readonly value: string;
  readonly instead: string;
  /** First provider version that accepts the value. */
  readonly acceptedFrom: string;
}

export const VALUES: readonly KnownGapValue[] = [
  {
    what: "aws_lambda_function.runtime = nodejs24.x",
    type: "aws_lambda_function",
    attribute: "runtime",
    value: "nodejs24.x",
    instead: "nodejs22.x",
    acceptedFrom: "6.25.0",
    why: "provider 5.100.0 is older than the runtime and validates its name",
    coveredBy: "the twin runs the very bundle on Node 24",
  },
];

/** Operations to which the AWS proxy responds itself, wholly or in the part that `why` names: `service operation`. */
export const ECHOES: readonly KnownGap[] = [
  {
    what: "monitoring PutCompositeAlarm",
    why: "neither emulator has composite alarms; the AWS proxy stores the request and describes it",
    coveredBy: "the monitoring stack's tests of the alarm's rule",
  },
  {
    what: "autoscaling StartInstanceRefresh",
    why: "neither emulator has instance refreshes; the response is invented",
    coveredBy: "the fleet's tests of its instance_refresh block",
  },
  {
    what: "autoscaling DescribeInstanceRefreshes",
    why: "neither emulator has instance refreshes; the response is always that none runs",
    coveredBy: "the fleet's tests of its instance_refresh block",
  },
  {
    what: "autoscaling DescribeAutoScalingGroups",
    why:
      "moto takes but forgets a group's warm-up, maintenance policy, zone distribution, longest lifetime, capacity reservation and mixed instances; " +
      "these are returned as requested",
    coveredBy: "constructs/compute/fleet.test.ts, of those that a fleet sets",
  },
  {
    what: "autoscaling DescribePolicies",
    why: "moto does not return whether a policy is enabled; the AWS proxy returns that each is",
    coveredBy: "no stack disables one: constructs/engine/gpu-utilization-scaling.test.ts has the whole policies",
  },
  {
    what: "autoscaling DescribeLifecycleHooks",
    why: "moto forgets, or invents, a hook's notification target; it is returned as requested",
    coveredBy: "constructs/engine/engine-pool.test.ts, of both hooks; local/scaling.e2e.test.ts runs them",
  },
  {
    what: "cognito-idp /^(Create|Update|Describe)UserPoolClient$/",
    why: "MiniStack forgets how refresh tokens rotate; it is returned as requested",
    coveredBy: "constructs/identity/user-pool.test.ts, of the client's refresh tokens",
  },
  {
    what: "ec2 DescribeSecurityGroupRules",
    why: "moto forgets the description of a rule whose source is a group or a prefix list; it is returned as requested",
    coveredBy: "constructs/network/security-groups.test.ts; the rules themselves are read from moto",
  },
  {
    what: "elasticache DescribeReplicationGroups",
    why: "MiniStack forgets the key with which a replication group is encrypted; it is returned as requested",
    coveredBy:
      "constructs/data/valkey.test.ts and constructs/policy/customer-key.test.ts; the fact of its encryption is read",
  },
  {
    what: "monitoring DescribeAlarms",
    why: "the composite alarm is described as requested; every other alarm is moto's",
    coveredBy: "constructs/observability/service-alarms.test.ts, of the alarm's rule",
  },
  {
    what: "monitoring ListTagsForResource",
    why: "the composite alarm's tags are returned as requested; those of every other alarm are moto's",
    coveredBy: "constructs/policy/cost-tags.test.ts",
  },
  {
    what: "ce ListCostAllocationTags",
    why: "neither emulator has cost allocation tags; the response is that of an account without any",
    coveredBy: "cli/doctor/account-checks.test.ts, of a tag that is active, inactive and unknown",
  },
  {
    what: "servicequotas GetServiceQuota",
    why: "neither emulator has quotas of EC2; the response is invented, and large enough",
    coveredBy: "cli/doctor/doctor-checks.test.ts and account-checks.test.ts, of what each quota means",
  },
];

/** The whole list. */
export const KNOWN_GAPS: readonly KnownGap[] = [...DROPS, ...VALUES, ...ECHOES];
