import type { Waiver } from "../constructs/policy/waiver.ts";

/** Day of the last review of every waiver. Waivers that end before it fail the synthesis. */
export const REVIEWED_ON = "2026-11-22";

/** Resources that may break a rule until a date. A test fails once a waiver has ended, or is no longer needed. */
export const WAIVERS: readonly Waiver[] = [
  {
    rule: "customer-key",
    resource: "data/LoadBalancerLogs/Bucket/Default",
    reason: "Elastic Load Balancing writes its logs to buckets with S3's own keys alone.",
    until: "2027-11-30",
  },
  {
    rule: "deletion-protection",
    resource: "site/Site/Bucket/Default",
    reason: "Every file in it is built and uploaded again by a deployment.",
    until: "2027-11-30",
  },
];
