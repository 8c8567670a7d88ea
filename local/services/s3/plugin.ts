import type { ResourcePlugin } from "../../runtime/plugin.ts";
import { asText, blocks } from "../../template/json.ts";
import type { RawResource } from "../../template/stacks.ts";
import type { WithLambda } from "../lambda/runtime.ts";
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

export const s3Notification: ResourcePlugin<WithS3 & WithLambda> = {
  type: "aws_s3_bucket_notification",
  start(config, resource, { s3, lambda }) {
    for (const block of blocks(config.lambda_function)) {
      const arn = asText(block.lambda_function_arn);
      const target = lambda.functions.get(arn);
      if (!target) throw new Error(`${resource.address}: there is no function ${arn}`);
      const prefix = asText(block.filter_prefix ?? "");
      s3.notifications.add(asText(config.bucket), { prefix, invoke: (event) => target.invoke(event) });
    }
  },
};

/** In the order in which they start. */
export const S3_PLUGINS = {
  aws_s3_bucket: s3Bucket,
  aws_s3_object: s3Object,
} as const;

/** Those that start after the functions that they name. */
export const S3_NOTIFICATION_PLUGINS = {
  aws_s3_bucket_notification: s3Notification,
} as const;
