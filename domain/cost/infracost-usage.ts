import { HOURS_PER_MONTH, type Usage, volumesOf } from "./usage.ts";

/**
 * The usage assumption in Infracost's words: resource type or address → quantity a month. Addresses are the stacks'
 * own, which never change.
 */
export function infracostUsage(usage: Usage): Readonly<Record<string, Readonly<Record<string, number>>>> {
  const volumes = volumesOf(usage);
  const { requests } = volumes;
  return {
    "aws_api_gateway_rest_api.Api": { monthly_requests: requests },
    "aws_wafv2_web_acl.AddressLimit": { monthly_requests: requests },
    "aws_lb.LoadBalancer": { processed_bytes_gb: volumes.loadBalancerUnits * HOURS_PER_MONTH },
    "aws_vpc_endpoint.Endpoints_Logs_D03A382F": { monthly_data_processed_gb: volumes.gatewayLogGb },
    "aws_cloudwatch_log_group.Api_AccessLogs_50DA825E": { monthly_data_ingested_gb: volumes.accessLogGb },
    "aws_dynamodb_table.Keys": { monthly_read_request_units: requests },
    "aws_lambda_function.Authorizer": { monthly_requests: requests, request_duration_ms: 20 },
    "aws_cloudfront_distribution.Site": { monthly_https_requests: volumes.siteRequests },
  };
}
