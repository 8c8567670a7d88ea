import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { Wafv2WebAcl } from "@cdktf/provider-aws/lib/wafv2-web-acl/index.js";
import { Wafv2WebAclAssociation } from "@cdktf/provider-aws/lib/wafv2-web-acl-association/index.js";
import { Wafv2WebAclLoggingConfiguration } from "@cdktf/provider-aws/lib/wafv2-web-acl-logging-configuration/index.js";
import { Construct } from "constructs";
import { ERRORS, errorBody } from "../../contracts/api/errors.ts";
import { corsResponseHeaders } from "../../contracts/openapi/cors.ts";
import { KEY_HEADER_FORMS } from "../../domain/api-key-form.ts";
import { TrustedAddresses } from "./trusted-addresses.ts";

export interface AddressLimitProps {
  readonly name: string;
  /** Requests in 60 seconds from one address; AWS takes 10 or more. */
  readonly requestsPerMinute: number;
  /** The same of requests that have something of the form of a key; `null`: they count with the others. @default null */
  readonly requestsPerMinuteWithKey?: number | null;
  /** Ranges of addresses without the limit. @default - none */
  readonly trustedAddresses?: readonly string[];
  readonly corsOrigins: readonly string[];
  /** ARN of the protected stage or load balancer. */
  readonly resourceArn: string;
  readonly logRetentionDays: number;
  /** Customer key that encrypts the log. */
  readonly kmsKeyArn: string;
}

type Statement = Readonly<Record<string, unknown>>;

interface RateRule {
  readonly ruleName: string;
  readonly limit: number;
  /** Which requests count. @default - all */
  readonly scopeDown: Statement | undefined;
}

const all = (statements: readonly Statement[]): Statement | undefined =>
  statements.length > 1 ? { and_statement: { statement: statements } } : statements[0];

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
    const { name, corsOrigins, resourceArn } = props;
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
      rule: this.#rateRules(props).map(({ ruleName, limit, scopeDown }, priority) => ({
        name: ruleName,
        priority,
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
            limit,
            evaluation_window_sec: 60,
            aggregate_key_type: "IP",
            ...(scopeDown ? { scope_down_statement: scopeDown } : {}),
          },
        },
        visibilityConfig: visibility(`${name}-${ruleName}`),
      })),
      visibilityConfig: visibility(name),
    });
    new Wafv2WebAclAssociation(this, "Association", { resourceArn, webAclArn: this.resource.arn });
    this.#logBlockedRequests(props);
  }

  /** One limit for all requests, or one for those without a key and one for those with something of its form. */
  #rateRules(props: AddressLimitProps): readonly RateRule[] {
    const { name, requestsPerMinute, requestsPerMinuteWithKey = null, trustedAddresses = [] } = props;
    const trusted =
      trustedAddresses.length === 0
        ? undefined
        : new TrustedAddresses(this, "Trusted", { name, ranges: trustedAddresses });
    const rule = { ruleName: "requests-per-address", limit: requestsPerMinute };
    if (requestsPerMinuteWithKey === null) return [{ ...rule, scopeDown: trusted?.othersStatement }];
    const others = trusted?.othersStatements ?? [];
    const forms = Object.entries(KEY_HEADER_FORMS).map(([header, regex_string]) => ({
      regex_match_statement: {
        regex_string,
        field_to_match: { single_header: { name: header } },
        text_transformation: [{ priority: 0, type: "NONE" }],
      },
    }));
    const withKey = { or_statement: { statement: forms } };
    const withoutKey = forms.map((form) => ({ not_statement: { statement: [form] } }));
    return [
      { ...rule, scopeDown: all([...others, ...withoutKey]) },
      {
        ruleName: "requests-per-address-with-key",
        limit: requestsPerMinuteWithKey,
        scopeDown: all([...others, withKey]),
      },
    ];
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
