import type { ResourcePlugin } from "../../runtime/plugin.ts";
import { asText } from "../../template/json.ts";
import type { RawResource } from "../../template/stacks.ts";
import { Bucket } from "./bucket.ts";
import { bucketDomainName, type WithS3 } from "./runtime.ts";

/** Buckets are distinguished by address: their real names may come from a prefix that AWS completes. */
const bucketName = (resource: RawResource) => `${resource.stack.name}-${resource.name}`.toLowerCase();

export const s3Bucket: ResourcePlugin<WithS3> = {
  type: "aws_s3_bucket",
  attributes(resource) {
    const name = bucketName(resource);
    const domain = bucketDomainName(name);
    return {
      id: name,
      bucket: name,
      arn: `arn:aws:s3:::${name}`,
      bucket_domain_name: domain,
      bucket_regional_domain_name: domain,
    };
  },
  start(_config, resource, { s3 }) {
    s3.buckets.set(bucketName(resource), new Bucket());
  },
};

export const s3Object: ResourcePlugin<WithS3> = {
  type: "aws_s3_object",
  attributes: () => ({ version_id: "twin" }), // here each object has one version
  start(config, resource, { s3 }) {
    const bucket = s3.buckets.get(asText(config.bucket));
    if (!bucket) throw new Error(`${resource.address}: there is no bucket ${asText(config.bucket)}`);
    bucket.put(config, resource.stack.folder);
  },
};

/** In the order in which they start. */
export const S3_PLUGINS = {
  aws_s3_bucket: s3Bucket,
  aws_s3_object: s3Object,
} as const;
