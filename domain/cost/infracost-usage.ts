import { AUTHORIZER } from "./platform-items.ts";
import { HOURS_PER_MONTH, type Usage, volumesOf } from "./usage.ts";

/** Quantities a month by the name of Infracost's usage key; a group of keys is one level deeper. */
export type ResourceUsage = Readonly<Record<string, number | Readonly<Record<string, number>>>>;

/**
 * The usage assumption in Infracost's format, by the address of the stacks' resources, which never changes.
 */
export function infracostUsage(usage: Usage): Readonly<Record<string, ResourceUsage>> {
  const volumes = volumesOf(usage);
  const { requests } = volumes;
  return {
    "aws_api_gateway_rest_api.Api": { monthly_requests: requests },
    "aws_cloudfront_distribution.Site": {
      monthly_data_transfer_to_internet_gb: { us: volumes.siteGb },
      monthly_https_requests: { us: volumes.siteRequests },
    },
    "aws_cloudwatch_log_group.Api_AccessLogs_50DA825E": { monthly_data_ingested_gb: volumes.accessLogGb },
    "aws_dynamodb_table.Keys": { monthly_read_request_units: requests },
    "aws_dynamodb_table.Batches_Table_426D1BF2": { monthly_write_request_units: volumes.batchUnits },
    "aws_dynamodb_table.Responses": { monthly_write_request_units: volumes.storedResponseUnits },
    "aws_lambda_function.Authorizer": { monthly_requests: requests, request_duration_ms: 1000 * AUTHORIZER.seconds },
    "aws_lb.LoadBalancer": { processed_bytes_gb: volumes.loadBalancerUnits * HOURS_PER_MONTH },
    "aws_s3_bucket.Batches_Files_95D13107": {
      // Copies of held files are in the same bucket.
      standard: {
        storage_gb: volumes.batchFileGb + volumes.heldFileGb,
        monthly_tier_1_requests: volumes.batchFileWrites + volumes.heldFileWrites,
      },
    },
    "aws_vpc_endpoint.Endpoints_Logs_D03A382F": { monthly_data_processed_gb: volumes.gatewayLogGb },
    "aws_wafv2_web_acl.AddressLimit": { monthly_requests: requests },
  };
}
