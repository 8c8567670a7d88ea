import { idOf } from "../../runtime/names.ts";
import type { ResourcePlugin } from "../../runtime/plugin.ts";
import type { WithS3 } from "../s3/runtime.ts";
import { Distribution } from "./distribution.ts";
import type { WithCloudFront } from "./runtime.ts";

export const responseHeadersPolicy: ResourcePlugin<WithCloudFront> = {
  type: "aws_cloudfront_response_headers_policy",
  start(config, resource, { cloudfront }) {
    cloudfront.headersPolicies.set(idOf(resource), config);
  },
};

export const distribution: ResourcePlugin<WithCloudFront & WithS3> = {
  type: "aws_cloudfront_distribution",
  attributes: (_resource, { settings }) => ({ domain_name: new URL(settings.siteUrl).host }),
  start(config, resource, { cloudfront, s3, settings }) {
    if (cloudfront.distribution)
      throw new Error(`${resource.address}: the twin serves one distribution, this is a second one`);
    cloudfront.distribution = new Distribution({
      config,
      bucket: (domain) => s3.bucketByDomain(domain),
      headersPolicy: (id) => cloudfront.headersPolicies.get(id),
      apiUrl: settings.apiUrl,
    });
  },
};

/** In the order in which they start. */
export const CLOUDFRONT_PLUGINS = {
  aws_cloudfront_response_headers_policy: responseHeadersPolicy,
  aws_cloudfront_distribution: distribution,
} as const;
