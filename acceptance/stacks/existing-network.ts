import {
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeManagedPrefixListsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import type { Environment } from "../../settings/environment.ts";
import { clientSettings } from "../aws-client/aws-client.ts";

type ExistingNetwork = NonNullable<Environment["network"]["existing"]>;

/** The VPC that others have before a first apply: subnets of three kinds in two zones, and a group of its endpoints. */
export async function makeExistingNetwork(url: string, { region, zones }: Environment): Promise<ExistingNetwork> {
  const client = new EC2Client(clientSettings(url));
  const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: "10.99.0.0/16" }));
  const VpcId = known(Vpc?.VpcId, "VPC");
  const subnets = (first: number) =>
    Promise.all(
      zones.map(async (zone, index) => {
        const CidrBlock = `10.99.${first + index}.0/24`;
        const request = new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone: `${region}${zone}` });
        return known((await client.send(request)).Subnet?.SubnetId, "subnet");
      }),
    );
  const group = { VpcId, GroupName: "endpoints", Description: "Interface endpoints of the network's owner" };
  const { GroupId } = await client.send(new CreateSecurityGroupCommand(group));
  const { PrefixLists = [] } = await client.send(new DescribeManagedPrefixListsCommand({}));
  const listOf = (service: string) =>
    PrefixLists.find(({ PrefixListName }) => PrefixListName?.endsWith(`.${service}`))?.PrefixListId;
  return {
    vpcId: VpcId,
    loadBalancerSubnetIds: await subnets(10),
    gatewaySubnetIds: await subnets(20),
    engineSubnetIds: await subnets(30),
    endpoints: {
      securityGroupId: known(GroupId, "security group"),
      s3PrefixListId: known(listOf("s3"), "prefix list of S3"),
      dynamodbPrefixListId: known(listOf("dynamodb"), "prefix list of DynamoDB"),
    },
  };
}

function known(id: string | undefined, what: string): string {
  if (id === undefined) throw new Error(`no ${what} was made`);
  return id;
}
