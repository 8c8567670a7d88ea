import { apigatewayAmendments } from "./apigateway.ts";
import { autoscalingAmendments } from "./autoscaling.ts";
import { cloudfrontAmendments } from "./cloudfront.ts";
import { cloudwatchAmendments } from "./cloudwatch.ts";
import { ec2Amendments } from "./ec2.ts";
import { elasticacheAmendments } from "./elasticache.ts";
import type { Amendment } from "./emulator-patch.ts";
import { s3Amendments } from "./s3.ts";
import { servicequotasAmendments } from "./servicequotas.ts";
import { snsAmendments } from "./sns.ts";
import { wafv2Amendments } from "./wafv2.ts";

/** Every amendment, by service. Each set has its own memory: a bench that starts anew remembers nothing. */
export const AMENDMENTS: readonly (() => readonly Amendment[])[] = [
  apigatewayAmendments,
  autoscalingAmendments,
  cloudfrontAmendments,
  cloudwatchAmendments,
  ec2Amendments,
  elasticacheAmendments,
  s3Amendments,
  servicequotasAmendments,
  snsAmendments,
  wafv2Amendments,
];
