import type {
  CloudfrontDistributionOrderedCacheBehavior,
  CloudfrontDistributionOrigin,
} from "@cdktf/provider-aws/lib/cloudfront-distribution/index.js";
import { SESSION_PATH } from "../../contracts/sign-in/session.ts";

/** Where the page's own origin passes requests of browsers' sessions. */
export interface SessionOrigin {
  /** Host of the API. */
  readonly host: string;
  /** Before the path, such as API Gateway's stage. @default - nothing */
  readonly path?: string | undefined;
}

/** AWS's managed cache policy CachingDisabled. */
const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
/** AWS's managed origin request policy AllViewerExceptHostHeader: API Gateway takes its own name as host alone. */
const ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-38738e2966ac";
const API = "api";

/** The API as an origin of the distribution. */
export function sessionOrigin({ host, path }: SessionOrigin): CloudfrontDistributionOrigin {
  return {
    originId: API,
    domainName: host,
    ...(path === undefined ? {} : { originPath: path }),
    customOriginConfig: {
      httpPort: 80,
      httpsPort: 443,
      originProtocolPolicy: "https-only",
      originSslProtocols: ["TLSv1.2"],
    },
  };
}

/**
 * Passes requests of sessions to the API with their cookie, so that it is a cookie of the page's own name. The distribution's error pages are
 * in place of the API's responses 403 and 404 too.
 */
export function sessionBehavior(responseHeadersPolicyId: string): CloudfrontDistributionOrderedCacheBehavior {
  return {
    pathPattern: `${SESSION_PATH}*`,
    targetOriginId: API,
    viewerProtocolPolicy: "https-only",
    allowedMethods: ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"], // CloudFront has no fewer with POST
    cachedMethods: ["GET", "HEAD"],
    compress: false,
    cachePolicyId: CACHING_DISABLED,
    originRequestPolicyId: ALL_VIEWER_EXCEPT_HOST,
    responseHeadersPolicyId,
  };
}
