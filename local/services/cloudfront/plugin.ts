import { idOf } from "../../runtime/names.ts";
import type { ResourcePlugin } from "../../runtime/plugin.ts";
import { bucketByDomain } from "../s3/plugin.ts";
import { Distribution } from "./distribution.ts";

export const responseHeadersPolicy: ResourcePlugin = {
  type: "aws_cloudfront_response_headers_policy",
  start: (config, resource, world) => {
    world.headersPolicies.set(idOf(resource), config);
  },
};

export const distribution: ResourcePlugin = {
  type: "aws_cloudfront_distribution",
  attributes: (_resource, world) => ({ domain_name: new URL(world.settings.siteUrl).host }),
  start(config, resource, world) {
    if (world.distribution)
      throw new Error(`${resource.address}: the twin serves one distribution, this is a second one`);
    world.distribution = new Distribution({
      config,
      bucket: (domain) => bucketByDomain(world, domain),
      headersPolicy: (id) => world.headersPolicies.get(id),
    });
  },
};
