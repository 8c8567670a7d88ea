/** AWS's rule for the names of one resource type. */
export interface NameLimit {
  /** Attribute of the provider's resource that has the name. */
  readonly attribute: string;
  readonly maxLength: number;
  /** Characters and form of a whole name. */
  readonly form: RegExp;
  /** AWS's page with the rule. */
  readonly source: string;
}

const API = "https://docs.aws.amazon.com";
const IAM = /^[\w+=,.@-]+$/;
const ANY = /^[\x20-\x7e]+$/;

/** Rules for every type of which the stacks name resources. A bucket's prefix gets 26 characters from the provider. */
export const NAME_LIMITS: Readonly<Record<string, NameLimit>> = {
  aws_api_gateway_api_key: limit("name", 1024, ANY, "/apigateway/latest/api/API_CreateApiKey.html"),
  aws_api_gateway_rest_api: limit("name", 1024, ANY, "/apigateway/latest/api/API_CreateRestApi.html"),
  aws_api_gateway_usage_plan: limit("name", 1024, ANY, "/apigateway/latest/api/API_CreateUsagePlan.html"),
  aws_apigatewayv2_vpc_link: limit("name", 128, ANY, "/apigatewayv2/latest/api-reference/vpclinks.html"),
  aws_athena_named_query: limit("name", 128, ANY, "/athena/latest/APIReference/API_NamedQuery.html"),
  aws_athena_workgroup: limit("name", 128, /^[\w.-]+$/, "/athena/latest/APIReference/API_CreateWorkGroup.html"),
  aws_autoscaling_group: limit("name", 255, /^[^:]+$/, "/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html"),
  aws_autoscaling_lifecycle_hook: limit(
    "name",
    255,
    /^[A-Za-z0-9\-_/]+$/,
    "/autoscaling/ec2/APIReference/API_PutLifecycleHook.html",
  ),
  aws_budgets_budget: limit(
    "name",
    100,
    /^[^:\\]+$/,
    "/aws-cost-management/latest/APIReference/API_budgets_Budget.html",
  ),
  aws_cloudfront_origin_access_control: limit(
    "name",
    64,
    ANY,
    "/cloudfront/latest/APIReference/API_OriginAccessControlConfig.html",
  ),
  aws_cloudfront_response_headers_policy: limit(
    "name",
    128,
    /^[\w-]+$/,
    "/cloudfront/latest/APIReference/API_ResponseHeadersPolicyConfig.html",
  ),
  aws_cloudwatch_composite_alarm: limit(
    "alarm_name",
    255,
    ANY,
    "/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html",
  ),
  aws_cloudwatch_dashboard: limit(
    "dashboard_name",
    255,
    /^[\w-]+$/,
    "/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html",
  ),
  aws_cloudwatch_event_rule: limit(
    "name",
    64,
    /^[.\-_A-Za-z0-9]+$/,
    "/eventbridge/latest/APIReference/API_PutRule.html",
  ),
  aws_cloudwatch_log_group: limit(
    "name",
    512,
    /^[.\-_/#A-Za-z0-9]+$/,
    "/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html",
  ),
  aws_cloudwatch_metric_alarm: limit(
    "alarm_name",
    255,
    ANY,
    "/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
  ),
  aws_cognito_user_pool: limit(
    "name",
    128,
    /^[\w\s+=,.@-]+$/,
    "/cognito-user-identity-pools/latest/APIReference/API_CreateUserPool.html",
  ),
  aws_cognito_user_pool_client: limit(
    "name",
    128,
    /^[\w\s+=,.@-]+$/,
    "/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html",
  ),
  aws_dynamodb_table: limit("name", 255, /^[\w.-]{3,}$/, "/amazondynamodb/latest/APIReference/API_CreateTable.html"),
  // Begins with a letter, has no two hyphens together and none at the end.
  aws_elasticache_replication_group: limit(
    "replication_group_id",
    40,
    /^[a-z](-?[a-z0-9])*$/,
    "/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html",
  ),
  aws_elasticache_subnet_group: limit(
    "name",
    255,
    /^[A-Za-z0-9-]+$/,
    "/AmazonElastiCache/latest/APIReference/API_CreateCacheSubnetGroup.html",
  ),
  // Lower case, as Athena quotes others.
  aws_glue_catalog_database: limit(
    "name",
    255,
    /^[a-z][a-z0-9_]*$/,
    "/athena/latest/ug/tables-databases-columns-names.html",
  ),
  aws_glue_catalog_table: limit(
    "name",
    255,
    /^[a-z][a-z0-9_]*$/,
    "/athena/latest/ug/tables-databases-columns-names.html",
  ),
  aws_iam_instance_profile: limit("name", 128, IAM, "/IAM/latest/APIReference/API_CreateInstanceProfile.html"),
  aws_iam_policy: limit("name", 128, IAM, "/IAM/latest/APIReference/API_CreatePolicy.html"),
  aws_iam_role: limit("name", 64, IAM, "/IAM/latest/APIReference/API_CreateRole.html"),
  aws_iam_role_policy: limit("name", 128, IAM, "/IAM/latest/APIReference/API_PutRolePolicy.html"),
  aws_kinesis_firehose_delivery_stream: limit(
    "name",
    64,
    /^[\w.-]+$/,
    "/firehose/latest/APIReference/API_CreateDeliveryStream.html",
  ),
  aws_kms_alias: limit("name", 256, /^alias\/[A-Za-z0-9/_-]+$/, "/kms/latest/APIReference/API_CreateAlias.html"),
  aws_lambda_function: limit("function_name", 64, /^[\w-]+$/, "/lambda/latest/api/API_CreateFunction.html"),
  aws_launch_template: limit(
    "name",
    128,
    /^[A-Za-z0-9()./_-]{3,}$/,
    "/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html",
  ),
  // No hyphen at either end.
  aws_lb: limit(
    "name",
    32,
    /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/,
    "/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html",
  ),
  aws_route53_record: limit("name", 255, ANY, "/Route53/latest/DeveloperGuide/DomainNameFormat.html"),
  aws_s3_bucket: limit(
    "bucket_prefix",
    37,
    /^[a-z0-9][a-z0-9-]+$/,
    "/AmazonS3/latest/userguide/bucketnamingrules.html",
  ),
  aws_security_group: limit(
    "name",
    255,
    /^[A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]+$/,
    "/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html",
  ),
  aws_sns_topic: limit("name", 256, /^[\w-]+$/, "/sns/latest/api/API_CreateTopic.html"),
  aws_ssm_document: limit("name", 128, /^[\w.-]{3,}$/, "/systems-manager/latest/APIReference/API_CreateDocument.html"),
  aws_wafv2_ip_set: limit("name", 128, /^[\w-]+$/, "/waf/latest/APIReference/API_CreateIPSet.html"),
  aws_wafv2_web_acl: limit("name", 128, /^[\w-]+$/, "/waf/latest/APIReference/API_CreateWebACL.html"),
};

function limit(attribute: string, maxLength: number, form: RegExp, page: string): NameLimit {
  return { attribute, maxLength, form, source: `${API}${page}` };
}
