import { expect, test } from "vitest";
import { AWS_RESOURCE_TYPES } from "../../domain/aws-resources/aws-resources.ts";
import { leftOver, namesIn, notFound } from "./leftovers.ts";

test("resources of before the apply are no leftovers", () => {
  expect(leftOver(["VPC vpc-1", "role a"], ["VPC vpc-1", "role b"])).toEqual(["role b"]);
});

test("an inventory without a type that the stacks have is reported, because its leftovers would not be found", () => {
  const inventory = ["alarm sluice-dev-down", "VPC vpc-1"];
  expect(notFound(inventory, new Set(["aws_vpc", "aws_cloudwatch_metric_alarm"]))).toEqual([]);
  expect(notFound(inventory, new Set(["aws_vpc", "aws_cloudwatch_composite_alarm", "aws_sns_topic"]))).toEqual([
    "composite alarm",
    "topic",
  ]);
});

test("a type that no stack has may be absent", () => {
  expect(notFound([], new Set(["aws_route"]))).toEqual([]);
});

/** Names that a type's listing finds in a response. */
function namesOf(type: string, response: string): readonly string[] {
  const listing = AWS_RESOURCE_TYPES[type]?.leftovers;
  if (listing === undefined || "exempt" in listing) throw new Error(`AWS does not list ${type}`);
  return namesIn(response, listing);
}

test("the VPC that AWS puts into every account is not listed, and each other one once", () => {
  const item = (id: string, isDefault: boolean) =>
    `<item><vpcId>${id}</vpcId><isDefault>${isDefault}</isDefault><set><item><vpcId>${id}</vpcId></item></set></item>`;
  expect(namesOf("aws_vpc", `<vpcSet>${item("vpc-1", true)}${item("vpc-2", false)}</vpcSet>`)).toEqual(["vpc-2"]);
});

/** The VPCs of an account as moto 5.2.5 describes them, ids shortened: AWS's own, one with tags, one without. */
const DESCRIBED_VPCS = `<?xml version="1.0" encoding="utf-8"?>
<DescribeVpcsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15"><vpcSet>
<item><ownerId>123456789012</ownerId><ipv6CidrBlockAssociationSet/><cidrBlockAssociationSet><item>
<associationId>vpc-cidr-assoc-1</associationId><cidrBlock>172.31.0.0/16</cidrBlock></item></cidrBlockAssociationSet>
<isDefault>true</isDefault><tagSet/><vpcId>vpc-1</vpcId><state>available</state></item>
<item><ownerId>123456789012</ownerId><ipv6CidrBlockAssociationSet/><cidrBlockAssociationSet><item>
<associationId>vpc-cidr-assoc-2</associationId><cidrBlock>10.20.0.0/16</cidrBlock></item></cidrBlockAssociationSet>
<isDefault>false</isDefault><tagSet><item><key>Name</key><value>dev</value></item><item><key>Environment</key>
<value>dev</value></item></tagSet><vpcId>vpc-2</vpcId><state>available</state></item>
<item><ownerId>123456789012</ownerId><ipv6CidrBlockAssociationSet/><cidrBlockAssociationSet/>
<isDefault>false</isDefault><tagSet/><vpcId>vpc-3</vpcId><state>available</state></item>
</vpcSet></DescribeVpcsResponse>`;

test("a VPC with tags is listed as one without, whatever the order of the elements", () => {
  expect(namesOf("aws_vpc", DESCRIBED_VPCS)).toEqual(["vpc-2", "vpc-3"]);
});

test("a type whose noun begins another's is missing although the other is there: a VPC link is no VPC", () => {
  expect(notFound(["VPC link sluice-dev"], new Set(["aws_vpc", "aws_apigatewayv2_vpc_link"]))).toEqual(["VPC"]);
});

test("roles and key aliases of AWS itself are not listed", () => {
  const roles = "<RoleName>AWSServiceRoleForAutoScaling</RoleName><RoleName>sluice-dev-gateway</RoleName>";
  expect(namesOf("aws_iam_role", roles)).toEqual(["sluice-dev-gateway"]);
  const aliases = { Aliases: [{ AliasName: "alias/aws/s3" }, { AliasName: "alias/sluice-dev" }] };
  expect(namesOf("aws_kms_alias", JSON.stringify(aliases))).toEqual(["alias/sluice-dev"]);
});

test("a list of names is read as one of objects is", () => {
  expect(namesOf("aws_dynamodb_table", JSON.stringify({ TableNames: ["keys"] }))).toEqual(["keys"]);
  expect(namesOf("aws_lambda_function", JSON.stringify({ Functions: [{ FunctionName: "drain" }] }))).toEqual(["drain"]);
  expect(namesOf("aws_lambda_function", "{}")).toEqual([]);
});
