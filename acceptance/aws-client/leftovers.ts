import { asList, asText, isObject, type JsonObject } from "../../local/template/json.ts";
import { parseObject } from "../aws-calls/call.ts";
import { elements } from "../emulator-patches/xml.ts";
import { ACCOUNT } from "../tools/emulators.ts";
import { type AwsRequest, callAws } from "./aws-call.ts";

interface Look {
  readonly what: string;
  /** Resource types whose resources it finds. */
  readonly types: readonly string[];
  readonly service: string;
  readonly request: AwsRequest;
  /** Names of the resources in a response. */
  readonly names: (response: string) => readonly string[];
}

const listed =
  (list: string, name?: string) =>
  (response: string): readonly string[] =>
    asList(parseObject(response)[list] ?? []).map((each) => (isObject(each) ? asText(each[name ?? ""]) : asText(each)));

const query = (action: string, version: string): AwsRequest => ({ action, version });

/** Calls that list resources, to find leftovers of a destroy; resources of AWS itself in every account are not counted. */
const LOOKS: readonly Look[] = [
  {
    what: "VPC",
    types: ["aws_vpc"],
    service: "ec2",
    request: query("DescribeVpcs", "2016-11-15"),
    names: (response) =>
      response
        .split("<item>")
        .filter((item) => item.includes("<isDefault>false</isDefault>"))
        .flatMap((item) => elements(item, "vpcId").slice(0, 1)),
  },
  {
    what: "public address",
    types: ["aws_eip"],
    service: "ec2",
    request: query("DescribeAddresses", "2016-11-15"),
    names: (response) => elements(response, "publicIp"),
  },
  {
    what: "load balancer",
    types: ["aws_lb"],
    service: "elasticloadbalancing",
    request: query("DescribeLoadBalancers", "2015-12-01"),
    names: (response) => elements(response, "LoadBalancerName"),
  },
  {
    what: "target group",
    types: ["aws_lb_target_group"],
    service: "elasticloadbalancing",
    request: query("DescribeTargetGroups", "2015-12-01"),
    names: (response) => elements(response, "TargetGroupName"),
  },
  {
    what: "Auto Scaling group",
    types: ["aws_autoscaling_group"],
    service: "autoscaling",
    request: query("DescribeAutoScalingGroups", "2011-01-01"),
    names: (response) => elements(response, "AutoScalingGroupARN"),
  },
  {
    what: "replication group",
    types: ["aws_elasticache_replication_group"],
    service: "elasticache",
    request: query("DescribeReplicationGroups", "2015-02-02"),
    names: (response) => elements(response, "ReplicationGroupId"),
  },
  {
    what: "cache subnet group",
    types: ["aws_elasticache_subnet_group"],
    service: "elasticache",
    request: query("DescribeCacheSubnetGroups", "2015-02-02"),
    names: (response) => elements(response, "CacheSubnetGroupName"),
  },
  {
    what: "role",
    types: ["aws_iam_role"],
    service: "iam",
    request: query("ListRoles", "2010-05-08"),
    // moto itself creates the service-linked roles that AWS creates, and keeps them as AWS does.
    names: (response) => elements(response, "RoleName").filter((name) => !name.startsWith("AWSServiceRoleFor")),
  },
  {
    what: "alarm",
    types: ["aws_cloudwatch_metric_alarm"],
    service: "monitoring",
    request: query("DescribeAlarms", "2010-08-01"),
    names: (response) => elements(response, "AlarmName"),
  },
  {
    what: "composite alarm",
    types: ["aws_cloudwatch_composite_alarm"],
    service: "monitoring",
    request: { ...query("DescribeAlarms", "2010-08-01"), fields: { "AlarmTypes.member.1": "CompositeAlarm" } },
    names: (response) => elements(response, "AlarmName"),
  },
  {
    what: "bucket",
    types: ["aws_s3_bucket"],
    service: "s3",
    request: { method: "GET", path: "/" },
    names: (response) => elements(response, "Name"),
  },
  {
    what: "table",
    types: ["aws_dynamodb_table"],
    service: "dynamodb",
    request: { target: "DynamoDB_20120810.ListTables" },
    names: listed("TableNames"),
  },
  {
    what: "REST API",
    types: ["aws_api_gateway_rest_api"],
    service: "apigateway",
    request: { method: "GET", path: "/restapis" },
    names: listed("item", "name"),
  },
  {
    what: "function",
    types: ["aws_lambda_function"],
    service: "lambda",
    request: { method: "GET", path: "/2015-03-31/functions" },
    names: listed("Functions", "FunctionName"),
  },
  {
    what: "web ACL",
    types: ["aws_wafv2_web_acl"],
    service: "wafv2",
    request: { target: "AWSWAF_20190729.ListWebACLs", body: { Scope: "REGIONAL" } },
    names: listed("WebACLs", "Name"),
  },
  {
    what: "log group",
    types: ["aws_cloudwatch_log_group"],
    service: "logs",
    request: { target: "Logs_20140328.DescribeLogGroups" },
    names: listed("logGroups", "logGroupName"),
  },
  {
    what: "distribution",
    types: ["aws_cloudfront_distribution"],
    service: "cloudfront",
    request: { method: "GET", path: "/2020-05-31/distribution" },
    names: (response) => elements(response, "DomainName").filter((name) => name.endsWith("cloudfront.net")),
  },
  {
    what: "launch template",
    types: ["aws_launch_template"],
    service: "ec2",
    request: query("DescribeLaunchTemplates", "2016-11-15"),
    names: (response) => elements(response, "launchTemplateName"),
  },
  {
    what: "instance profile",
    types: ["aws_iam_instance_profile"],
    service: "iam",
    request: query("ListInstanceProfiles", "2010-05-08"),
    names: (response) => elements(response, "InstanceProfileName"),
  },
  {
    what: "key alias",
    types: ["aws_kms_alias"],
    service: "kms",
    request: { target: "TrentService.ListAliases" },
    names: (response) => listed("Aliases", "AliasName")(response).filter((name) => !name.startsWith("alias/aws/")),
  },
  {
    what: "topic",
    types: ["aws_sns_topic"],
    service: "sns",
    request: query("ListTopics", "2010-03-31"),
    names: (response) => elements(response, "TopicArn"),
  },
  {
    what: "event rule",
    types: ["aws_cloudwatch_event_rule"],
    service: "events",
    request: { target: "AWSEvents.ListRules" },
    names: listed("Rules", "Name"),
  },
  {
    what: "dashboard",
    types: ["aws_cloudwatch_dashboard"],
    service: "monitoring",
    request: query("ListDashboards", "2010-08-01"),
    names: (response) => elements(response, "DashboardName"),
  },
  {
    what: "usage plan",
    types: ["aws_api_gateway_usage_plan"],
    service: "apigateway",
    request: { method: "GET", path: "/usageplans" },
    names: listed("item", "name"),
  },
  {
    what: "API key",
    types: ["aws_api_gateway_api_key"],
    service: "apigateway",
    request: { method: "GET", path: "/apikeys" },
    names: listed("item", "name"),
  },
  {
    what: "VPC link",
    types: ["aws_apigatewayv2_vpc_link"],
    service: "apigateway",
    request: { method: "GET", path: "/v2/vpclinks" },
    names: listed("items", "name"),
  },
  {
    what: "origin access control",
    types: ["aws_cloudfront_origin_access_control"],
    service: "cloudfront",
    request: { method: "GET", path: "/2020-05-31/origin-access-control" },
    names: (response) => elements(response, "Name"),
  },
  {
    what: "response headers policy",
    types: ["aws_cloudfront_response_headers_policy"],
    service: "cloudfront",
    request: { method: "GET", path: "/2020-05-31/response-headers-policy?Type=custom" },
    names: (response) => elements(response, "Name"),
  },
  {
    what: "budget",
    types: ["aws_budgets_budget"],
    service: "budgets",
    request: { target: "AWSBudgetServiceGateway.DescribeBudgets", body: { AccountId: ACCOUNT } },
    names: listed("Budgets", "BudgetName"),
  },
];

/** Resource types that a check after a destroy covers: none of their resources may be left. */
export const CHECKED_LEFTOVERS: ReadonlySet<string> = new Set(LOOKS.flatMap(({ types }) => types));

/** All resources in the account except AWS's own, as `role sluice-dev-gateway`; sorted. */
export async function inventory(url: string): Promise<readonly string[]> {
  const found = await Promise.all(
    LOOKS.map(async ({ what, service, request, names }) =>
      names(await callAws(url, service, request)).map((name) => `${what} ${name}`),
    ),
  );
  return found.flat().sort();
}

export type Inventory = readonly string[];

/**
 * Types that are missing in an inventory: a check that finds no resource of an applied type would miss its leftovers.
 * @param types resource types of the applied stacks
 */
export function notFound(inventory: Inventory, types: ReadonlySet<string>): readonly string[] {
  return LOOKS.filter((look) => look.types.some((type) => types.has(type)))
    .map(({ what }) => what)
    .filter((what) => !inventory.some((each) => each.startsWith(`${what} `)));
}

/** Resources of an inventory that the earlier one does not have. */
export function leftOver(before: Inventory, after: Inventory): Inventory {
  return after.filter((each) => !before.includes(each));
}

/** A list in a JSON response, for assertions. */
export function listIn(response: JsonObject, name: string): readonly JsonObject[] {
  return asList(response[name] ?? []).filter(isObject);
}
