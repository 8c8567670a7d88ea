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
