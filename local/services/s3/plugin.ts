import type { ResourcePlugin } from "../../runtime/plugin.ts";
import { asText } from "../../template/json.ts";
import type { RawResource } from "../../template/stacks.ts";
import type { World } from "../../world.ts";
import { Bucket } from "./bucket.ts";

export const dynamodbTable: ResourcePlugin = {
  type: "aws_dynamodb_table",
  async start(config, _resource, world) {
    await world.dynamodb.createTable(config, world.settings.awsUrl, world.settings.region);
    world.tables.push(asText(config.name));
  },
};

/** Buckets are told apart by address: their real names may come from a prefix that AWS completes. */
const bucketName = (resource: RawResource) => `${resource.stack.name}-${resource.name}`.toLowerCase();
const domainName = (resource: RawResource) => `${bucketName(resource)}.s3.local`;

export const s3Bucket: ResourcePlugin = {
  type: "aws_s3_bucket",
  attributes: (resource) => ({
    id: bucketName(resource),
    bucket: bucketName(resource),
    arn: `arn:aws:s3:::${bucketName(resource)}`,
    bucket_domain_name: domainName(resource),
    bucket_regional_domain_name: domainName(resource),
  }),
  start(_config, resource, world) {
    world.buckets.set(bucketName(resource), new Bucket());
  },
};

export const s3Object: ResourcePlugin = {
  type: "aws_s3_object",
  attributes: () => ({ version_id: "twin" }), // here each object has one version
  start(config, resource, world) {
    const bucket = world.buckets.get(asText(config.bucket));
    if (!bucket) throw new Error(`${resource.address}: there is no bucket ${asText(config.bucket)}`);
    bucket.put(config, resource.stack.folder);
  },
};

/** The bucket behind a domain name that `s3Bucket` gave out. */
export function bucketByDomain(world: World, domain: string): Bucket | undefined {
  return world.buckets.get(domain.replace(/\.s3\.local$/, ""));
}
