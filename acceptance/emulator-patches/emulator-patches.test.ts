import { describe, expect, test } from "vitest";
import type { Call, Reply } from "../aws-calls/call.ts";
import { autoscalingPatches } from "./autoscaling.ts";
import { cloudwatchPatches } from "./cloudwatch.ts";
import { ec2Patches } from "./ec2.ts";
import { type EmulatorPatch, patchFor } from "./emulator-patch.ts";
import { snsPatches } from "./sns.ts";
import { fieldsAsXml } from "./xml.ts";

/** The response's body through the patches, with an emulator that responds with this text. */
async function callThrough(
  patches: readonly EmulatorPatch[],
  service: string,
  operation: string,
  body: string,
  response: string,
) {
  const call: Call = {
    method: "POST",
    url: "/",
    headers: {},
    body: Buffer.from(body),
    service,
    region: "us-east-1",
    operation,
  };
  const send = async (): Promise<Reply> => ({ status: 200, headers: {}, body: Buffer.from(response) });
  const patch = patchFor(patches, call);
  return (await (patch ? patch.respond(call, send) : send())).body.toString();
}
const query = (fields: Readonly<Record<string, string>>) => new URLSearchParams(fields).toString();

test("fields of a query become the XML that describes them", () => {
  const fields = new URLSearchParams({
    "Tags.member.1.Key": "a",
    "Tags.member.1.Value": "<b>",
    "Tags.member.2.Key": "c",
    Other: "x",
  });
  expect(fieldsAsXml(fields, ["Tags"])).toBe(
    "<Tags><member><Key>a</Key><Value>&lt;b&gt;</Value></member><member><Key>c</Key></member></Tags>",
  );
});

describe("security group rules", () => {
  const item = (id: string, rest = "") => `<item><securityGroupRuleId>${id}</securityGroupRuleId>${rest}</item>`;
  const all = item("sgr-1") + item("sgr-2", "<description>own</description>");

  test("keep the description of a rule whose source is a group, and a changed one", async () => {
    const ec2 = ec2Patches();
    const made = query({ "IpPermissions.1.Groups.1.Description": "Checks & more" });
    await callThrough(ec2, "ec2", "AuthorizeSecurityGroupIngress", made, item("sgr-1"));
    expect(await callThrough(ec2, "ec2", "DescribeSecurityGroupRules", "", all)).toBe(
      item("sgr-1", "<description>Checks &amp; more</description>") + item("sgr-2", "<description>own</description>"),
    );
    const changed = query({
      "SecurityGroupRule.1.SecurityGroupRuleId": "sgr-2",
      "SecurityGroupRule.1.SecurityGroupRule.Description": "new",
    });
    await callThrough(ec2, "ec2", "ModifySecurityGroupRules", changed, "");
    expect(await callThrough(ec2, "ec2", "DescribeSecurityGroupRules", "", all)).toContain(
      item("sgr-2", "<description>new</description>"),
    );
  });
});

describe("Auto Scaling groups", () => {
  test("keep their warm-up, also when an update names other parts only", async () => {
    const autoscaling = autoscalingPatches();
    const group = (operation: string, more: object) =>
      callThrough(autoscaling, "autoscaling", operation, query({ AutoScalingGroupName: "g", ...more }), "");
    await group("CreateAutoScalingGroup", { DefaultInstanceWarmup: "300", MaxInstanceLifetime: "1" });
    await group("UpdateAutoScalingGroup", { MaxInstanceLifetime: "2" });
    const response = "<AutoScalingGroupName>g</AutoScalingGroupName><AutoScalingGroupARN>arn</AutoScalingGroupARN>";
    const described = await callThrough(autoscaling, "autoscaling", "DescribeAutoScalingGroups", "", response);
    expect(described).toContain("<DefaultInstanceWarmup>300</DefaultInstanceWarmup>");
    expect(described).toContain("<MaxInstanceLifetime>2</MaxInstanceLifetime>");
  });

  test("keep a hook's notification fields, each group its own, and none that its request did not have", async () => {
    const autoscaling = autoscalingPatches();
    const hook = (group: string, more = {}) => query({ AutoScalingGroupName: group, LifecycleHookName: "h", ...more });
    await callThrough(autoscaling, "autoscaling", "PutLifecycleHook", hook("g", { NotificationMetadata: "{}" }), "");
    const response = "<LifecycleHookName>h</LifecycleHookName><RoleARN>invented</RoleARN>";
    const describe = (group: string) =>
      callThrough(autoscaling, "autoscaling", "DescribeLifecycleHooks", hook(group), response);
    expect(await describe("g")).toBe(
      "<LifecycleHookName>h</LifecycleHookName><NotificationMetadata>{}</NotificationMetadata>",
    );
    expect(await describe("other")).toBe("<LifecycleHookName>h</LifecycleHookName>");
  });
});

test("composite alarms are described as requested, and gone once deleted", async () => {
  const cloudwatch = cloudwatchPatches();
  const put = query({ AlarmName: "down", AlarmRule: 'ALARM("a")' });
  await callThrough(cloudwatch, "monitoring", "PutCompositeAlarm", put, "");
  const which = query({ "AlarmTypes.member.1": "CompositeAlarm", "AlarmNames.member.1": "down" });
  expect(await callThrough(cloudwatch, "monitoring", "DescribeAlarms", which, "moto")).toContain(
    '<AlarmRule>ALARM("a")</AlarmRule>',
  );
  expect(await callThrough(cloudwatch, "monitoring", "DescribeAlarms", "", "moto")).toBe("moto");
  await callThrough(cloudwatch, "monitoring", "DeleteAlarms", query({ "AlarmNames.member.1": "down" }), "");
  expect(await callThrough(cloudwatch, "monitoring", "DescribeAlarms", which, "moto")).not.toContain("AlarmRule");
});

test("a subscription's ARN is returned before it is confirmed, when the request wants it", async () => {
  const endpoint = "<Endpoint>https://a?b&amp;c</Endpoint>";
  // Stands for both of the emulator's responses: that of Subscribe and the list.
  const response =
    "<SubscriptionArn>pending confirmation</SubscriptionArn>" +
    `<member><SubscriptionArn>arn:other</SubscriptionArn></member><member><SubscriptionArn>arn:own</SubscriptionArn>${endpoint}</member>`;
  const fields = { Endpoint: "https://a?b&c", TopicArn: "arn:topic" };
  const subscribe = (more: object) =>
    callThrough(snsPatches(), "sns", "Subscribe", query({ ...fields, ...more }), response);
  expect(await subscribe({ ReturnSubscriptionArn: "true" })).toMatch(/^<SubscriptionArn>arn:own</);
  expect(await subscribe({})).toBe(response);
});
