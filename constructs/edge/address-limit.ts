import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { Wafv2WebAcl } from "@cdktf/provider-aws/lib/wafv2-web-acl/index.js";
import { Wafv2WebAclAssociation } from "@cdktf/provider-aws/lib/wafv2-web-acl-association/index.js";
import { Wafv2WebAclLoggingConfiguration } from "@cdktf/provider-aws/lib/wafv2-web-acl-logging-configuration/index.js";
import { Construct } from "constructs";
import { ERRORS, errorBody } from "../../contracts/api/errors.ts";
import { corsResponseHeaders } from "../../contracts/openapi/cors.ts";
import { TrustedAddresses } from "./trusted-addresses.ts";

export interface AddressLimitProps {
  readonly name: string;
  /** Requests in 60 seconds from one address; AWS takes 10 or more. */
  readonly requestsPerMinute: number;
  /** Ranges of addresses without the limit. @default - none */
  readonly trustedAddresses?: readonly string[];
  readonly corsOrigins: readonly string[];
  /** ARN of the protected stage or load balancer. */
  readonly resourceArn: string;
  readonly logRetentionDays: number;
  /** Customer key that encrypts the log. */
  readonly kmsKeyArn: string;
}

const BODY_KEY = "rate-limit-exceeded";

/** Headers that may have API keys. */
const SECRET_HEADERS = ["authorization", "x-api-key", "cookie", "sec-websocket-protocol"];

/**
 * The web application firewall: one address may send so many requests a minute, further ones get 429. WAF estimates
 * every 10 seconds, so a burst can pass; the gateway counts exactly.
 */
export class AddressLimit extends Construct {
  readonly resource: Wafv2WebAcl;

  constructor(scope: Construct, id: string, props: AddressLimitProps) {
    super(scope, id);
    const { name, requestsPerMinute, corsOrigins, resourceArn, trustedAddresses = [] } = props;
    const trusted =
      trustedAddresses.length === 0
        ? undefined
        : new TrustedAddresses(this, "Trusted", { name, ranges: trustedAddresses });
    const { status, retryAfterSeconds } = ERRORS.rate_limit_exceeded;
    const headers = { "Retry-After": String(retryAfterSeconds), ...corsResponseHeaders(corsOrigins) };
    const visibility = (metricName: string) => ({
      metricName,
      cloudwatchMetricsEnabled: true,
      sampledRequestsEnabled: false, // samples would hold headers, which have API keys
    });
    this.resource = new Wafv2WebAcl(this, "Default", {
      name,
      scope: "REGIONAL",
      defaultAction: { allow: {} },
      customResponseBody: [
        {
          key: BODY_KEY,
          contentType: "APPLICATION_JSON",
          content: JSON.stringify(errorBody("rate_limit_exceeded")),
        },
      ],
      rule: [
        {
          name: "requests-per-address",
          priority: 0,
          action: {
            block: {
              customResponse: {
                responseCode: status,
                customResponseBodyKey: BODY_KEY,
                responseHeader: Object.entries(headers).map(([headerName, value]) => ({ name: headerName, value })),
              },
            },
          },
          // Snake case: the binding does not translate names inside a statement.
          statement: {
            rate_based_statement: {
              limit: requestsPerMinute,
              evaluation_window_sec: 60,
              aggregate_key_type: "IP",
              ...(trusted ? { scope_down_statement: trusted.othersStatement } : {}),
            },
          },
          visibilityConfig: visibility(`${name}-requests-per-address`),
        },
      ],
      visibilityConfig: visibility(name),
    });
    new Wafv2WebAclAssociation(this, "Association", { resourceArn, webAclArn: this.resource.arn });
    this.#logBlockedRequests(props);
  }

  /** Blocked requests are in no other log; the others are in those of the entry and of the gateway. */
  #logBlockedRequests({ name, logRetentionDays, kmsKeyArn }: AddressLimitProps): void {
    const logs = new CloudwatchLogGroup(this, "Logs", {
      name: `aws-waf-logs-${name}`, // WAF requires this start
      retentionInDays: logRetentionDays,
      kmsKeyId: kmsKeyArn,
    });
    new Wafv2WebAclLoggingConfiguration(this, "Logging", {
      resourceArn: this.resource.arn,
      logDestinationConfigs: [logs.arn],
      loggingFilter: {
        defaultBehavior: "DROP",
        filter: [{ behavior: "KEEP", requirement: "MEETS_ANY", condition: [{ actionCondition: { action: "BLOCK" } }] }],
      },
      redactedFields: SECRET_HEADERS.map((header) => ({ singleHeader: { name: header } })),
    });
  }
}
