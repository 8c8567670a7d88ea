import { expect, test, vi } from "vitest";
import { bodyOf, startFakeServer } from "../../test-support/fake-server.ts";
import { stubLocalCredentials } from "../test/local-credentials.ts";
import { networkFacts } from "./network-facts.ts";

const RESPONSES: Readonly<Record<string, string>> = {
  DescribeSubnets: `<subnetSet><item><subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId>
    <availabilityZone>eu-west-1a</availabilityZone><availableIpAddressCount>251</availableIpAddressCount></item></subnetSet>`,
  DescribeVpcEndpoints: `<vpcEndpointSet><item><serviceName>com.amazonaws.eu-west-1.logs</serviceName>
    <vpcEndpointType>Interface</vpcEndpointType><state>available</state><privateDnsEnabled>true</privateDnsEnabled>
    <groupSet><item><groupId>sg-1</groupId></item></groupSet></item>
    <item><serviceName>com.amazonaws.eu-west-1.s3</serviceName><vpcEndpointType>Gateway</vpcEndpointType>
    <state>available</state><routeTableIdSet><item>rtb-1</item></routeTableIdSet></item></vpcEndpointSet>`,
  DescribeRouteTables: `<routeTableSet><item><routeTableId>rtb-1</routeTableId>
    <associationSet><item><main>true</main></item><item><main>false</main><subnetId>subnet-1</subnetId></item></associationSet>
    <routeSet><item><destinationCidrBlock>10.0.0.0/16</destinationCidrBlock><gatewayId>local</gatewayId></item>
    <item><destinationCidrBlock>0.0.0.0/0</destinationCidrBlock><natGatewayId>nat-1</natGatewayId></item></routeSet></item></routeTableSet>`,
  DescribePrefixLists: `<prefixListSet><item><prefixListId>pl-1</prefixListId>
    <prefixListName>com.amazonaws.eu-west-1.s3</prefixListName></item></prefixListSet>`,
};

stubLocalCredentials();

test("the facts of a VPC are EC2's, and only that VPC's are requested", async () => {
  const filters: (string | null)[] = [];
  const server = await startFakeServer(async (request, response) => {
    const body = new URLSearchParams((await bodyOf(request)).toString());
    const action = body.get("Action") ?? "";
    filters.push(body.get("Filter.1.Value.1"));
    response.end(`<${action}Response>${RESPONSES[action]}</${action}Response>`);
  });
  vi.stubEnv("AWS_ENDPOINT_URL", server.origin);
  const facts = networkFacts({ region: "eu-west-1" });
  const { signal } = new AbortController();
  expect(await facts.subnets("vpc-1", signal)).toEqual([
    { id: "subnet-1", vpcId: "vpc-1", zone: "eu-west-1a", freeAddresses: 251 },
  ]);
  expect(await facts.endpoints("vpc-1", signal)).toEqual([
    {
      service: "logs",
      isInterface: true,
      isAvailable: true,
      hasPrivateNames: true,
      securityGroupIds: ["sg-1"],
      routeTableIds: [],
    },
    {
      service: "s3",
      isInterface: false,
      isAvailable: true,
      hasPrivateNames: false,
      securityGroupIds: [],
      routeTableIds: ["rtb-1"],
    },
  ]);
  expect(await facts.routeTables("vpc-1", signal)).toEqual([
    { id: "rtb-1", isMain: true, subnetIds: ["subnet-1"], everywhere: "nat-1" },
  ]);
  expect(await facts.prefixLists(signal)).toEqual(new Map([["s3", "pl-1"]]));
  expect(filters).toEqual(["vpc-1", "vpc-1", "vpc-1", null]);
  await server.stop();
});
