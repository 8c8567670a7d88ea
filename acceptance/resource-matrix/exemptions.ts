/** Why resource types have nothing in a column of the matrix. */
export interface Exemption {
  readonly reason: string;
  readonly types: readonly string[];
}

const NO_ENVIRONMENT = "neither dev nor prod has it, and only these two are applied; the stack's test covers it";

/** Types whose settings no assertion reads. The second plan, which must be clean, reads every resource of dev and prod. */
export const WITHOUT_ASSERTION: readonly Exemption[] = [
  {
    reason: NO_ENVIRONMENT,
    types: [
      "aws_acm_certificate",
      "aws_acm_certificate_validation",
      "aws_api_gateway_base_path_mapping",
      "aws_api_gateway_domain_name",
      "aws_eip",
      "aws_iam_openid_connect_provider",
      "aws_route53_record",
    ],
  },
  {
    reason: "it connects two resources and has no other settings; the second plan reads both ends",
    types: [
      "aws_api_gateway_account",
      "aws_api_gateway_usage_plan_key",
      "aws_apigatewayv2_vpc_link",
      "aws_cloudfront_origin_access_control",
      "aws_flow_log",
      "aws_iam_instance_profile",
      "aws_iam_role_policy_attachment",
      "aws_internet_gateway",
      "aws_kms_alias",
      "aws_sns_topic_subscription",
      "aws_wafv2_web_acl_association",
    ],
  },
  {
    reason: "the emulators only store its settings; the twin's tests run them",
    types: [
      "aws_autoscaling_lifecycle_hook",
      "aws_autoscaling_policy",
      "aws_cloudwatch_composite_alarm",
      "aws_cloudwatch_event_rule",
      "aws_cloudwatch_event_target",
      "aws_lb_listener_rule",
    ],
  },
  {
    reason: "the second plan reads all of its settings, and the construct's test checks them",
    types: [
      "aws_api_gateway_api_key",
      "aws_budgets_budget",
      "aws_kms_key",
      "aws_s3_bucket_ownership_controls",
      "aws_sns_topic_policy",
      "aws_vpc",
      "aws_vpc_endpoint",
    ],
  },
];

/** Types that the inventory after a destroy does not list. */
export const WITHOUT_LEFTOVERS_CHECK: readonly Exemption[] = [
  {
    reason: "it is a part or a setting of a resource that is checked, and is deleted with it",
    types: [
      "aws_api_gateway_base_path_mapping",
      "aws_api_gateway_deployment",
      "aws_api_gateway_method_settings",
      "aws_api_gateway_stage",
      "aws_api_gateway_usage_plan_key",
      "aws_autoscaling_lifecycle_hook",
      "aws_autoscaling_policy",
      "aws_cloudwatch_event_target",
      "aws_iam_role_policy",
      "aws_iam_role_policy_attachment",
      "aws_lambda_permission",
      "aws_lb_listener",
      "aws_lb_listener_rule",
      "aws_s3_bucket_lifecycle_configuration",
      "aws_s3_bucket_ownership_controls",
      "aws_s3_bucket_policy",
      "aws_s3_bucket_public_access_block",
      "aws_s3_bucket_server_side_encryption_configuration",
      "aws_s3_bucket_versioning",
      "aws_s3_object",
      "aws_sns_topic_policy",
      "aws_sns_topic_subscription",
      "aws_wafv2_web_acl_association",
    ],
  },
  {
    reason: "AWS deletes no VPC that still has one, and VPCs are checked",
    types: [
      "aws_default_security_group",
      "aws_flow_log",
      "aws_internet_gateway",
      "aws_nat_gateway",
      "aws_route",
      "aws_route_table",
      "aws_route_table_association",
      "aws_security_group",
      "aws_subnet",
      "aws_vpc_endpoint",
      "aws_vpc_security_group_egress_rule",
      "aws_vpc_security_group_ingress_rule",
    ],
  },
  {
    reason: NO_ENVIRONMENT,
    types: [
      "aws_acm_certificate",
      "aws_acm_certificate_validation",
      "aws_api_gateway_domain_name",
      "aws_iam_openid_connect_provider",
      "aws_route53_record",
    ],
  },
  {
    reason: "AWS keeps a deleted key for the days of its waiting period",
    types: ["aws_kms_key"],
  },
  {
    reason: "the account has one such setting, which exists before and after",
    types: ["aws_api_gateway_account"],
  },
];

/** Types that no cost item of a forecast pays for. */
export const WITHOUT_COST: readonly Exemption[] = [
  {
    reason: "AWS charges nothing for it (price lists of the services, 2026-11)",
    types: [
      "aws_acm_certificate",
      "aws_acm_certificate_validation",
      "aws_api_gateway_account",
      "aws_api_gateway_api_key",
      "aws_api_gateway_base_path_mapping",
      "aws_api_gateway_deployment",
      "aws_api_gateway_domain_name",
      "aws_api_gateway_method_settings",
      "aws_api_gateway_usage_plan",
      "aws_api_gateway_usage_plan_key",
      "aws_apigatewayv2_vpc_link",
      "aws_autoscaling_lifecycle_hook",
      "aws_autoscaling_policy",
      "aws_cloudfront_origin_access_control",
      "aws_cloudfront_response_headers_policy",
      "aws_default_security_group",
      "aws_elasticache_subnet_group",
      "aws_iam_instance_profile",
      "aws_iam_openid_connect_provider",
      "aws_iam_role",
      "aws_iam_role_policy",
      "aws_iam_role_policy_attachment",
      "aws_internet_gateway",
      "aws_kms_alias",
      "aws_lambda_permission",
      "aws_lb_target_group",
      "aws_route",
      "aws_route53_record",
      "aws_route_table",
      "aws_route_table_association",
      "aws_s3_bucket_lifecycle_configuration",
      "aws_s3_bucket_ownership_controls",
      "aws_s3_bucket_policy",
      "aws_s3_bucket_public_access_block",
      "aws_s3_bucket_server_side_encryption_configuration",
      "aws_s3_bucket_versioning",
      "aws_security_group",
      "aws_sns_topic_policy",
      "aws_vpc",
      "aws_vpc_security_group_egress_rule",
      "aws_vpc_security_group_ingress_rule",
      "aws_wafv2_web_acl_association",
    ],
  },
  {
    reason: "the cost item of the resource that it belongs to covers it",
    types: [
      "aws_api_gateway_stage", // caches would cost; there are none
      "aws_flow_log", // its lines are CloudWatch's
      "aws_lb_listener",
      "aws_lb_listener_rule",
      "aws_s3_object",
    ],
  },
  {
    reason: "AWS's own events, mail of alarms and the first two budgets cost nothing or less than a cent a month",
    types: [
      "aws_budgets_budget",
      "aws_cloudwatch_event_rule",
      "aws_cloudwatch_event_target",
      "aws_sns_topic",
      "aws_sns_topic_subscription",
    ],
  },
];

/** Types that CI's role can't create. */
export const WITHOUT_DEPLOY_PERMISSION: readonly Exemption[] = [
  {
    reason: "the bootstrap stack creates CI's own identity, and an operator with other permissions applies it",
    types: ["aws_iam_openid_connect_provider"],
  },
];

/** Types that the rule `customer-key` does not check. */
export const WITHOUT_ENCRYPTION_RULE: readonly Exemption[] = [
  {
    reason: "it holds settings only, neither prompts nor completions nor keys",
    types: [
      "aws_acm_certificate",
      "aws_acm_certificate_validation",
      "aws_api_gateway_account",
      "aws_api_gateway_base_path_mapping",
      "aws_api_gateway_deployment",
      "aws_api_gateway_domain_name",
      "aws_api_gateway_method_settings",
      "aws_api_gateway_rest_api",
      "aws_api_gateway_usage_plan",
      "aws_api_gateway_usage_plan_key",
      "aws_apigatewayv2_vpc_link",
      "aws_autoscaling_group",
      "aws_autoscaling_lifecycle_hook",
      "aws_autoscaling_policy",
      "aws_budgets_budget",
      "aws_cloudfront_origin_access_control",
      "aws_cloudfront_response_headers_policy",
      "aws_cloudwatch_composite_alarm",
      "aws_cloudwatch_dashboard",
      "aws_cloudwatch_event_rule",
      "aws_cloudwatch_event_target",
      "aws_cloudwatch_metric_alarm",
      "aws_default_security_group",
      "aws_eip",
      "aws_elasticache_subnet_group",
      "aws_iam_instance_profile",
      "aws_iam_openid_connect_provider",
      "aws_iam_role",
      "aws_iam_role_policy",
      "aws_iam_role_policy_attachment",
      "aws_internet_gateway",
      "aws_kms_alias",
      "aws_kms_key",
      "aws_lambda_permission",
      "aws_lb_listener",
      "aws_lb_listener_rule",
      "aws_lb_target_group",
      "aws_nat_gateway",
      "aws_route",
      "aws_route53_record",
      "aws_route_table",
      "aws_route_table_association",
      "aws_s3_bucket_lifecycle_configuration",
      "aws_s3_bucket_ownership_controls",
      "aws_s3_bucket_policy",
      "aws_s3_bucket_public_access_block",
      "aws_s3_bucket_server_side_encryption_configuration",
      "aws_s3_bucket_versioning",
      "aws_security_group",
      "aws_sns_topic_policy",
      "aws_sns_topic_subscription",
      "aws_subnet",
      "aws_vpc",
      "aws_vpc_endpoint",
      "aws_vpc_security_group_egress_rule",
      "aws_vpc_security_group_ingress_rule",
      "aws_wafv2_web_acl",
      "aws_wafv2_web_acl_association",
    ],
  },
  {
    reason: "it stores no data that passes through it; the construct's test checks TLS",
    types: ["aws_api_gateway_stage", "aws_cloudfront_distribution", "aws_lb"],
  },
  {
    reason: "the bucket or log group of its data is checked",
    types: ["aws_flow_log", "aws_s3_object"],
  },
  {
    reason: "API Gateway's keys grant no permissions here: they only name the usage plan of a request",
    types: ["aws_api_gateway_api_key"],
  },
  {
    reason: "its environment variables name tables and plans, and no secret; the code is public",
    types: ["aws_lambda_function"],
  },
];
