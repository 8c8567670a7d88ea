import { AWS_RESOURCE_TYPES, type ModelledType } from "../domain/aws-resources/aws-resources.ts";
import type { ResourcePlugin } from "./runtime/plugin.ts";
import { API_GATEWAY_PLUGINS } from "./services/api-gateway/plugin.ts";
import { CLOUDFRONT_PLUGINS } from "./services/cloudfront/plugin.ts";
import { CLOUDWATCH_PLUGINS } from "./services/cloudwatch/plugin.ts";
import { DYNAMODB_PLUGINS } from "./services/dynamodb/plugin.ts";
import { EC2_AUTOSCALING_PLUGINS } from "./services/ec2-autoscaling/plugin.ts";
import { ELASTICACHE_PLUGINS } from "./services/elasticache/plugin.ts";
import { ELB_PLUGINS } from "./services/elb/plugin.ts";
import { EVENTS_PLUGINS } from "./services/events/plugin.ts";
import { FIREHOSE_PLUGINS } from "./services/firehose/plugin.ts";
import { KMS_PLUGINS } from "./services/kms/plugin.ts";
import { LAMBDA_PLUGINS } from "./services/lambda/plugin.ts";
import { S3_NOTIFICATION_PLUGINS, S3_PLUGINS } from "./services/s3/plugin.ts";
import { SNS_PLUGINS } from "./services/sns/plugin.ts";
import { WAF_PLUGINS } from "./services/waf/plugin.ts";
import type { RawResource } from "./template/stacks.ts";
import type { TwinServices } from "./twin-runtime.ts";

/** Plugins by type. A type whose row says that the twin runs it, and that has no plugin here, does not compile. */
const BY_TYPE: Readonly<Record<ModelledType, ResourcePlugin<TwinServices>>> = {
  ...DYNAMODB_PLUGINS,
  ...ELASTICACHE_PLUGINS,
  ...S3_PLUGINS,
  ...FIREHOSE_PLUGINS,
  ...KMS_PLUGINS,
  ...SNS_PLUGINS,
  ...LAMBDA_PLUGINS,
  ...S3_NOTIFICATION_PLUGINS,
  ...ELB_PLUGINS,
  ...EVENTS_PLUGINS,
  ...EC2_AUTOSCALING_PLUGINS,
  ...WAF_PLUGINS,
  ...API_GATEWAY_PLUGINS,
  ...CLOUDFRONT_PLUGINS,
  ...CLOUDWATCH_PLUGINS,
};

/** Every resource type that does something here, in the order in which they start. */
export const PLUGINS: readonly ResourcePlugin<TwinServices>[] = Object.values(BY_TYPE);

/** Types that the twin does not model, with the reason. A type in neither list stops the start with its name. */
export const NOT_MODELLED: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(AWS_RESOURCE_TYPES).flatMap(([type, { twin }]) => (twin === "plugin" ? [] : [[type, twin.exempt]])),
);

/** A resource type of the stacks that is not modelled. */
export interface NotModelled {
  readonly type: string;
  /** Number of resources of the type. */
  readonly count: number;
  readonly reason: string;
}

/** The types among the resources that are not modelled. */
export function notModelled(resources: readonly RawResource[]): readonly NotModelled[] {
  return Object.entries(NOT_MODELLED)
    .map(([type, reason]) => ({ type, reason, count: resources.filter((resource) => resource.type === type).length }))
    .filter(({ count }) => count > 0);
}

/** @throws when a resource has a type that is in neither list, with the remedy */
export function refuseUnknownTypes(resources: readonly RawResource[]): void {
  const known = new Set([...PLUGINS.map(({ type }) => type), ...Object.keys(NOT_MODELLED)]);
  const unknown = [...new Set(resources.filter(({ type }) => !known.has(type)).map(({ type }) => type))].sort();
  if (unknown.length === 0) return;
  throw new Error(
    `The twin does not know ${unknown.join(", ")}; add a plugin for each to local/plugin-table.ts, or a reason not to model it.`,
  );
}
