import * as z from "zod";

const awsId = (kind: string, what: string) =>
  z.string().regex(new RegExp(`^${kind}-[0-9a-f]{8,17}$`), `must be the id of ${what} (${kind}-…)`);
const subnetIds = z.array(awsId("subnet", "a subnet")).min(2).max(3);

/** Subnets and access to AWS of a VPC that others manage. Each list has one subnet in each of the zones, in their order. */
const ExistingNetwork = z.strictObject({
  vpcId: awsId("vpc", "a VPC"),
  /** Of the load balancers; with the entry `alb` they have a route to the internet. */
  loadBalancerSubnetIds: subnetIds,
  /** Of the gateways; with a provider outside AWS they have a route to a NAT gateway. */
  gatewaySubnetIds: subnetIds,
  /** Of engines, functions, Valkey and API Gateway's link. */
  engineSubnetIds: subnetIds,
  /** What instances reach AWS by: the VPC's interface endpoints, and its gateway endpoints of S3 and DynamoDB. */
  endpoints: z.strictObject({
    /** Group of the interface endpoints; gateways and engines are let into it. */
    securityGroupId: awsId("sg", "a security group"),
    s3PrefixListId: awsId("pl", "a prefix list"),
    dynamodbPrefixListId: awsId("pl", "a prefix list"),
  }),
});

/** The VPC of the environment: its own, or one that is there already. */
export const NetworkSettings = z.strictObject({
  cidr: z.cidrv4(),
  /**
   * Internet egress of the gateways (36.50 dollars a month in each zone): `when-needed`, where a provider outside
   * AWS is declared in `providers`; `always`, where one may be added through the admin API.
   */
  natGateway: z.enum(["when-needed", "always"]).default("when-needed"),
  /** A VPC that is there already, to which only security groups are added; `null`: one of the environment's own. */
  existing: ExistingNetwork.nullable().default(null),
  /**
   * Whether operators may open a shell on instances by SSM Session Manager, each session logged: two interface endpoints
   * (7.30 dollars a month each in each zone), as engines have no other access to SSM. docs/operations.md says how.
   */
  shell: z.boolean().default(false),
});
