/**
 * Regions that Sluice deploys to: those with API Gateway response streaming, VPC link V2 and G5 instances.
 * Zones are named by letter; which of them has a GPU type differs by account; `sluice doctor` checks it on AWS.
 */
export interface Region {
  readonly displayName: string;
  readonly zones: readonly string[];
}

export const REGIONS = {
  "us-east-1": { displayName: "US East (N. Virginia)", zones: ["a", "b", "c", "d", "e", "f"] },
  "us-east-2": { displayName: "US East (Ohio)", zones: ["a", "b", "c"] },
  "us-west-2": { displayName: "US West (Oregon)", zones: ["a", "b", "c", "d"] },
  "eu-central-1": { displayName: "Europe (Frankfurt)", zones: ["a", "b", "c"] },
  "eu-west-1": { displayName: "Europe (Ireland)", zones: ["a", "b", "c"] },
  "ap-northeast-1": { displayName: "Asia Pacific (Tokyo)", zones: ["a", "c", "d"] },
} as const satisfies Record<string, Region>;

export type RegionId = keyof typeof REGIONS;
export const REGION_IDS = Object.keys(REGIONS) as [RegionId, ...RegionId[]];
