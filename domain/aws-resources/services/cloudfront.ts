import type { AwsService } from "../rows/aws-resource-type.ts";
import { CONNECTS_TWO, FREE, NO_PERMISSIONS, NOTHING_STORED, SETTINGS_ONLY } from "../rows/exemption-reasons.ts";

export const CLOUDFRONT = {
  sources: {
    actions: ["https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudfront.html"],
    actionsAsOf: "2026-09-26",
    prices: "https://aws.amazon.com/cloudfront/pricing/",
  },
  types: {
    aws_cloudfront_distribution: {
      twin: "plugin",
      applyTest: "assertion",
      leftovers: {
        noun: "distribution",
        service: "cloudfront",
        path: "/2020-05-31/distribution",
        element: "DomainName",
        only: /cloudfront\.net$/,
      },
      cost: { paidIn: ["CloudFront"] },
      deploy: ["cloudfront:CreateDistribution", "cloudfront:DeleteDistribution"],
      encryption: { exempt: NOTHING_STORED },
    },
    aws_cloudfront_origin_access_control: {
      twin: { exempt: NO_PERMISSIONS },
      applyTest: { exempt: CONNECTS_TWO },
      leftovers: {
        noun: "origin access control",
        service: "cloudfront",
        path: "/2020-05-31/origin-access-control",
        element: "Name",
      },
      cost: { exempt: FREE },
      deploy: ["cloudfront:CreateOriginAccessControl", "cloudfront:DeleteOriginAccessControl"],
      encryption: { exempt: SETTINGS_ONLY },
    },
    aws_cloudfront_response_headers_policy: {
      twin: "plugin",
      applyTest: "assertion",
      leftovers: {
        noun: "response headers policy",
        service: "cloudfront",
        path: "/2020-05-31/response-headers-policy?Type=custom",
        element: "Name",
      },
      cost: { exempt: FREE },
      deploy: ["cloudfront:CreateResponseHeadersPolicy", "cloudfront:DeleteResponseHeadersPolicy"],
      encryption: { exempt: SETTINGS_ONLY },
    },
  },
} as const satisfies AwsService;
