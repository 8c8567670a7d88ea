import type { ResourcePlugin } from "./runtime/plugin.ts";
import { apiKey, methodSettings, restApi, stage, usagePlan, usagePlanKey } from "./services/api-gateway/plugin.ts";
import { distribution, responseHeadersPolicy } from "./services/cloudfront/plugin.ts";
import { compositeAlarm, dashboard, metricAlarm } from "./services/cloudwatch/plugin.ts";
import { dynamodbTable } from "./services/dynamodb/plugin.ts";
import { lifecycleHook } from "./services/ec2-autoscaling/lifecycle-hooks.ts";
import { autoScalingGroup, launchTemplate } from "./services/ec2-autoscaling/plugin.ts";
import { scalingPolicy } from "./services/ec2-autoscaling/scaling-policy.ts";
import { replicationGroup } from "./services/elasticache/plugin.ts";
import { listener, listenerRule, loadBalancer, targetGroup } from "./services/elb/plugin.ts";
import { eventRule, eventTarget } from "./services/events/plugin.ts";
import { lambdaFunction } from "./services/lambda/plugin.ts";
import { s3Bucket, s3Object } from "./services/s3/plugin.ts";
import { webAcl, webAclAssociation } from "./services/waf/plugin.ts";
import type { RawResource } from "./template/stacks.ts";
import type { TwinServices } from "./twin-runtime.ts";

/** Every resource type that does something here, in the order in which they start. */
export const PLUGINS: readonly ResourcePlugin<TwinServices>[] = [
  dynamodbTable,
  replicationGroup,
  s3Bucket,
  s3Object,
  lambdaFunction,
  loadBalancer,
  targetGroup,
  listener,
  listenerRule,
  launchTemplate,
  eventRule,
  eventTarget,
  autoScalingGroup,
  lifecycleHook,
  scalingPolicy,
  restApi,
  methodSettings,
  usagePlan,
  apiKey,
  usagePlanKey,
  webAcl,
  webAclAssociation,
  stage,
  responseHeadersPolicy,
  distribution,
  metricAlarm,
  compositeAlarm,
  dashboard,
];

const iam = "permissions are not enforced on one machine";
const network = "every process is on the loopback address";
const encryption = "local files are not encrypted";
const bucketSetting = "a setting of a bucket that only this machine reads";

/** Types that the twin does not model, with the reason. A type in neither list stops the start with its name. */
export const NOT_MODELLED: Readonly<Record<string, string>> = {
  aws_acm_certificate: "TLS ends at AWS; the loopback is plain HTTP",
  aws_acm_certificate_validation: "TLS ends at AWS; the loopback is plain HTTP",
  aws_api_gateway_account: "account-wide logging role",
  aws_api_gateway_base_path_mapping: "the API answers on its local port",
  aws_api_gateway_deployment: "the API is read from its body",
  aws_api_gateway_domain_name: "the API answers on its local port",
  aws_apigatewayv2_vpc_link: network,
  aws_budgets_budget: "nothing here costs money",
  aws_cloudfront_origin_access_control: iam,
  aws_cloudwatch_log_group: "logs are files under .sluice/logs",
  aws_default_security_group: network,
  aws_eip: network,
  aws_elasticache_subnet_group: network,
  aws_flow_log: network,
  aws_iam_instance_profile: iam,
  aws_iam_openid_connect_provider: iam,
  aws_iam_role: iam,
  aws_iam_role_policy: iam,
  aws_iam_role_policy_attachment: iam,
  aws_internet_gateway: network,
  aws_kms_alias: encryption,
  aws_kms_key: encryption,
  aws_lambda_permission: iam,
  aws_nat_gateway: network,
  aws_route: network,
  aws_route53_record: "names are loopback addresses",
  aws_route_table: network,
  aws_route_table_association: network,
  aws_s3_bucket_lifecycle_configuration: bucketSetting,
  aws_s3_bucket_ownership_controls: bucketSetting,
  aws_s3_bucket_policy: iam,
  aws_s3_bucket_public_access_block: bucketSetting,
  aws_s3_bucket_server_side_encryption_configuration: bucketSetting,
  aws_s3_bucket_versioning: bucketSetting,
  aws_security_group: network,
  aws_sns_topic: "no mail leaves this machine",
  aws_sns_topic_policy: iam,
  aws_sns_topic_subscription: "no mail leaves this machine",
  aws_subnet: network,
  aws_vpc: network,
  aws_vpc_endpoint: network,
  aws_vpc_security_group_egress_rule: network,
  aws_vpc_security_group_ingress_rule: network,
};

/** A resource type of the stacks that is not modelled. */
export interface NotModelled {
  readonly type: string;
  /** Number of resources of the type. */
  readonly count: number;
  readonly reason: string;
}

/** The types among the resources that are not modelled. */
export function notModelled(resources: readonly RawResource[]): readonly NotModelled[] {
  return Object.entries(NOT_MODELLED)
    .map(([type, reason]) => ({ type, reason, count: resources.filter((resource) => resource.type === type).length }))
    .filter(({ count }) => count > 0);
}

/** @throws when a resource has a type that is in neither list, with the remedy */
export function refuseUnknownTypes(resources: readonly RawResource[]): void {
  const known = new Set([...PLUGINS.map(({ type }) => type), ...Object.keys(NOT_MODELLED)]);
  const unknown = [...new Set(resources.filter(({ type }) => !known.has(type)).map(({ type }) => type))].sort();
  if (unknown.length === 0) return;
  throw new Error(
    `The twin does not know ${unknown.join(", ")}; give each a plugin in local/plugin-table.ts, or a reason not to model it.`,
  );
}
