import { describe, expect, test } from "vitest";
import type { Call } from "../aws-calls/call.ts";
import { actionOfCall } from "./action-of-call.ts";
import { RequestRecorder } from "./request-recorder.ts";

const call = (service: string, operation: string, body = "", more: Partial<Call> = {}): Call => ({
  method: "POST",
  url: "/",
  headers: {
    "user-agent": "OpenTofu sluice-stack/dev-network",
    "content-type": body.startsWith("{") ? "application/x-amz-json-1.1" : "application/x-www-form-urlencoded",
  },
  body: Buffer.from(body),
  service,
  region: "us-east-1",
  operation,
  ...more,
});
const rest = (service: string, method: string, url: string, body = "") =>
  call(service, `${method} ${url.split("?")[0]}`, body, { method, url });
const reply = (text = "", status = 200) => ({ status, headers: {}, body: Buffer.from(text) });
const EC2 = "arn:aws:ec2:us-east-1:123456789012";
const tagged = (type: string) =>
  `TagSpecification.1.ResourceType=${type}&TagSpecification.1.Tag.1.Key=Environment&TagSpecification.1.Tag.1.Value=dev`;

test.each([
  [call("monitoring", "PutMetricAlarm"), "cloudwatch:PutMetricAlarm"],
  [call("budgets", "DescribeNotificationsForBudget"), "budgets:ViewBudget"],
  [call("budgets", "ListTagsForResource"), "budgets:ListTagsForResource"],
  [rest("apigateway", "PATCH", "/account"), "apigateway:PATCH"],
  [rest("cloudfront", "PUT", "/2020-05-31/distribution/E1/config"), "cloudfront:UpdateDistribution"],
  [rest("lambda", "POST", "/2015-03-31/functions/a/policy"), "lambda:AddPermission"],
  [rest("s3", "PUT", "/bucket?policy="), "s3:PutBucketPolicy"],
  [rest("s3", "HEAD", "/bucket"), "s3:ListBucket"],
  [rest("s3", "HEAD", "/bucket/key"), "s3:GetObject"],
  [rest("route53", "POST", "/2013-04-01/hostedzone/Z1/rrset"), "route53:ChangeResourceRecordSets"],
  [call("sts", "GetCallerIdentity"), undefined],
])("the action of call %# is the one that AWS checks", (each, action) => {
  expect(actionOfCall(each)).toBe(action);
});

describe("the recorder of requests", () => {
  test("records each resource of a call, and the tag of those that were created with it", () => {
    const recorder = new RequestRecorder();
    recorder.see(call("ec2", "CreateVpc", tagged("vpc")), reply("<vpcId>vpc-0123456789abcdef0</vpcId>"));
    recorder.see(
      call("ec2", "CreateSubnet", `VpcId=vpc-0123456789abcdef0&${tagged("subnet")}`),
      reply("<subnetId>subnet-0123456789abcdef0</subnetId><vpcId>vpc-0123456789abcdef0</vpcId>"),
    );
    recorder.see(call("ec2", "DeleteVpc", "VpcId=vpc-0123456789abcdef0"), reply());
    expect(recorder.linesOf("dev-network")).toEqual([
      `ec2:CreateSubnet ${EC2}:subnet/new request-tag`,
      `ec2:CreateSubnet ${EC2}:vpc/vpc-0123456789abcdef0 request-tag resource-tag`,
      `ec2:CreateTags ${EC2}:subnet/new request-tag`,
      `ec2:CreateTags ${EC2}:vpc/new request-tag`,
      `ec2:CreateVpc ${EC2}:vpc/new request-tag`,
      `ec2:DeleteVpc ${EC2}:vpc/vpc-0123456789abcdef0 resource-tag`,
    ]);
  });

  test("names a set of addresses by its own calls, and in a web ACL by its ARN", () => {
    const recorder = new RequestRecorder();
    const arn = "arn:aws:wafv2:us-east-1:123456789012:regional/ipset/dev-trusted/4f1b";
    const tags = { Tags: [{ Key: "Environment", Value: "dev" }] };
    const see = (operation: string, body: object, text = "{}") =>
      recorder.see(call("wafv2", operation, JSON.stringify(body)), reply(text));
    see("CreateIPSet", { Name: "dev-trusted", Scope: "REGIONAL", ...tags }, JSON.stringify({ Summary: { ARN: arn } }));
    see("GetIPSet", { Name: "dev-trusted", Scope: "REGIONAL", Id: "4f1b" });
    see("CreateWebACL", { Name: "dev", Rules: [{ Statement: { IPSetReferenceStatement: { ARN: arn } } }], ...tags });
    see("CreateWebACL", { Name: "open", Rules: [], ...tags });
    see("DeleteIPSet", { Name: "dev-trusted", Scope: "REGIONAL", Id: "4f1b" });
    const sets = recorder.linesOf("dev-network").filter((line) => line.includes("/ipset/"));
    expect(sets).toEqual([
      `wafv2:CreateIPSet ${arn.replace("4f1b", "new")} request-tag`,
      `wafv2:CreateWebACL ${arn} request-tag resource-tag`,
      `wafv2:DeleteIPSet ${arn} resource-tag`,
      `wafv2:GetIPSet ${arn} resource-tag`,
      `wafv2:TagResource ${arn} request-tag resource-tag`,
      `wafv2:TagResource ${arn.replace("4f1b", "new")} request-tag`,
    ]);
  });

  test("knows that a security group's rules have the tag with which they were created", () => {
    const recorder = new RequestRecorder();
    recorder.see(
      call("ec2", "AuthorizeSecurityGroupIngress", `GroupId=sg-0123456789abcdef0&${tagged("security-group-rule")}`),
      reply("<securityGroupRuleId>sgr-0123456789abcdef0</securityGroupRuleId>"),
    );
    const changed = "GroupId=sg-0123456789abcdef0&SecurityGroupRule.1.SecurityGroupRuleId=sgr-0123456789abcdef0";
    recorder.see(call("ec2", "ModifySecurityGroupRules", changed), reply());
    expect(recorder.linesOf("dev-network")).toContain(
      `ec2:ModifySecurityGroupRules ${EC2}:security-group-rule/sgr-0123456789abcdef0 resource-tag`,
    );
  });

  test("records what a call implies: the role that it passes, and the firewall's permission on what it protects", () => {
    const recorder = new RequestRecorder();
    const role = "arn:aws:iam::123456789012:role/sluice-dev-drain";
    recorder.see(
      rest("lambda", "POST", "/2015-03-31/functions", JSON.stringify({ FunctionName: "f", Role: role })),
      reply(),
    );
    const stage = "arn:aws:apigateway:us-east-1::/restapis/a/stages/live";
    const acl = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/a/b";
    recorder.see(call("wafv2", "AssociateWebACL", JSON.stringify({ ResourceArn: stage, WebACLArn: acl })), reply("{}"));
    expect(recorder.linesOf("dev-network")).toEqual([
      `apigateway:SetWebACL ${stage}`,
      `iam:PassRole ${role} iam:PassedToService=lambda.amazonaws.com`,
      "lambda:CreateFunction arn:aws:lambda:us-east-1:123456789012:function:f",
      `wafv2:AssociateWebACL ${stage}`,
      `wafv2:AssociateWebACL ${acl}`,
    ]);
  });

  test("records the resources of a call in the region that it is signed for", () => {
    const recorder = new RequestRecorder();
    const region = "ap-northeast-1";
    const create = JSON.stringify({ FunctionName: "f", Tags: {} });
    recorder.see(
      call("lambda", "POST /2015-03-31/functions", create, { url: "/2015-03-31/functions", region }),
      reply(),
    );
    recorder.see(call("ec2", "CreateSubnet", "Action=CreateSubnet&VpcId=vpc-0a1b2c3d", { region }), reply());
    recorder.see(call("kms", "Decrypt", "{}", { region }), reply("{}"));
    const lines = recorder.linesOf("dev-network");
    expect(lines.length).toBeGreaterThanOrEqual(4);
    for (const line of lines) expect(line).toContain(`:${region}:`);
  });

  test("ignores calls that no stack makes, and reports one whose action is not known", () => {
    const recorder = new RequestRecorder();
    recorder.see(call("ec2", "DescribeVpcs", "", { headers: { "user-agent": "aws-sdk-js" } }), reply());
    expect(recorder.callers).toEqual([]);
    recorder.see(rest("cloudfront", "POST", "/2020-05-31/key-group"), reply());
    expect(recorder.problems).toEqual([
      expect.stringContaining("No IAM action is known for cloudfront POST /key-group"),
    ]);
  });
});
