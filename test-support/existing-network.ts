/** For tests: a VPC that is there already, for environments with two zones. */
export const EXISTING_NETWORK = {
  vpcId: "vpc-0a0a0a0a0a0a0a0a0",
  loadBalancerSubnetIds: ["subnet-0000000000000000a", "subnet-0000000000000000b"],
  gatewaySubnetIds: ["subnet-0000000000000001a", "subnet-0000000000000001b"],
  engineSubnetIds: ["subnet-0000000000000002a", "subnet-0000000000000002b"],
  endpoints: {
    securityGroupId: "sg-0e0e0e0e0e0e0e0e0",
    s3PrefixListId: "pl-63a5400a",
    dynamodbPrefixListId: "pl-02cd2c6b",
  },
};
