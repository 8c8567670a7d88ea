/** Where the parts of an environment are: ids of a VPC and of its subnets, one of each kind in every zone. */
export interface NetworkIds {
  readonly vpcId: string;
  /** Of the load balancers. */
  readonly publicSubnetIds: readonly string[];
  readonly gatewaySubnetIds: readonly string[];
  /** Of engines, functions, Valkey and API Gateway's link. */
  readonly privateSubnetIds: readonly string[];
}
