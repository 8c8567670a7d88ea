import { apigatewayPatches } from "./apigateway.ts";
import { autoscalingPatches } from "./autoscaling.ts";
import { cloudfrontPatches } from "./cloudfront.ts";
import { cloudwatchPatches } from "./cloudwatch.ts";
import { cognitoPatches } from "./cognito.ts";
import { costexplorerPatches } from "./costexplorer.ts";
import { ec2Patches } from "./ec2.ts";
import { elasticachePatches } from "./elasticache.ts";
import type { EmulatorPatch } from "./emulator-patch.ts";
import { firehosePatches } from "./firehose.ts";
import { s3Patches } from "./s3.ts";
import { servicequotasPatches } from "./servicequotas.ts";
import { snsPatches } from "./sns.ts";

/** The patches by service. Each call of a function makes patches with memory of their own, for one testbed. */
export const EMULATOR_PATCHES: readonly (() => readonly EmulatorPatch[])[] = [
  apigatewayPatches,
  autoscalingPatches,
  cloudfrontPatches,
  cloudwatchPatches,
  cognitoPatches,
  costexplorerPatches,
  ec2Patches,
  elasticachePatches,
  firehosePatches,
  s3Patches,
  servicequotasPatches,
  snsPatches,
];
