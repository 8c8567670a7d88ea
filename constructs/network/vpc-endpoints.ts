import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity/index.js";
import { VpcEndpoint, type VpcEndpointConfig } from "@cdktf/provider-aws/lib/vpc-endpoint/index.js";
import { Construct } from "constructs";
import type { WeightsLocation } from "../../domain/own-weights.ts";
import { explainWildcards } from "../policy/wildcard-reasons.ts";
import { ENDPOINT_POLICY_REASONS, endpointPolicies } from "./endpoint-policy.ts";
import type { Network } from "./network.ts";

export interface VpcEndpointsProps {
  readonly name: string;
  readonly region: string;
  readonly network: Network;
  /** Security group of the interface endpoints. */
  readonly securityGroupId: string;
  /** Private subnets that get an address of each interface endpoint; each costs 7.30 dollars a month. */
  readonly subnetIds: readonly string[];
  /** Whether there are engines: only they call two of the services. */
  readonly hasEngines: boolean;
  /** Weights of the user's own, in buckets outside of the environment. @default - none */
  readonly weights?: readonly WeightsLocation[];
  /** Whether gateways store a history. @default false */
  readonly hasHistory?: boolean;
  /** Whether operators may open a shell on instances. @default false */
  readonly hasShell?: boolean;
}

/**
 * The services that isolated instances call, and why. Each is an hourly price per zone (0.01 dollars, us-east-1), so
 * a service is here only if something would stop working without it.
 */
const SHARED_SERVICES = {
  Ec2: "ec2", // gateways look up engines' addresses (DescribeInstances); the CloudWatch agent reads its group's tags
  ElasticLoadBalancing: "elasticloadbalancing", // gateways query the health of engines (DescribeTargetHealth)
  Logs: "logs", // gateways and engines ship their logs
} as const;
const ENGINE_SERVICES = {
  Autoscaling: "autoscaling", // engines, and gateways, report that they are ready, or still starting (CompleteLifecycleAction, RecordLifecycleActionHeartbeat)
  Monitoring: "monitoring", // engines report GPU utilisation, which scaling acts on
} as const;

/** Session Manager's two: the agent registers at one, sessions run over the other. */
const SHELL_SERVICES = { Ssm: "ssm", SsmMessages: "ssmmessages" } as const;

/** Access to AWS APIs from the private and the gateways' subnets. Engines have no other access. */
export class VpcEndpoints extends Construct {
  /** Prefix list of S3's addresses, for egress rules. */
  readonly s3PrefixListId: string;
  /** Prefix list of DynamoDB's addresses, for egress rules. */
  readonly dynamodbPrefixListId: string;

  constructor(scope: Construct, id: string, props: VpcEndpointsProps) {
    super(scope, id);
    const {
      name,
      region,
      network,
      securityGroupId,
      subnetIds,
      hasEngines,
      hasShell = false,
      weights = [],
      hasHistory = false,
    } = props;
    const accountId = new DataAwsCallerIdentity(this, "Account", {}).accountId;
    const policies = endpointPolicies({ name, region, accountId, weights, hasHistory });
    const endpoint = (endpointId: string, service: string, config: Partial<VpcEndpointConfig>) => {
      const resource = new VpcEndpoint(this, endpointId, {
        vpcId: network.vpcId,
        serviceName: `com.amazonaws.${region}.${service}`,
        tags: { Name: `${name}-${service}` },
        ...config,
      });
      explainWildcards(resource, ENDPOINT_POLICY_REASONS);
      return resource;
    };
    // Gateway endpoints cost nothing: weights and artefacts come through S3, keys through DynamoDB.
    const gatewayEndpoint = (endpointId: string, service: "dynamodb" | "s3") =>
      endpoint(endpointId, service, {
        vpcEndpointType: "Gateway",
        routeTableIds: [network.privateRouteTableId, ...network.gatewayRouteTableIds],
        policy: policies[service],
      });
    this.s3PrefixListId = gatewayEndpoint("S3", "s3").prefixListId;
    this.dynamodbPrefixListId = gatewayEndpoint("Dynamodb", "dynamodb").prefixListId;

    const services = {
      ...SHARED_SERVICES,
      ...(hasEngines ? ENGINE_SERVICES : {}),
      ...(hasShell ? SHELL_SERVICES : {}),
    };
    for (const [endpointId, service] of Object.entries(services)) {
      endpoint(endpointId, service, {
        vpcEndpointType: "Interface",
        privateDnsEnabled: true,
        subnetIds: [...subnetIds],
        securityGroupIds: [securityGroupId],
        policy: policies.interface,
      });
    }
  }
}
