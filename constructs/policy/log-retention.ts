import type { PolicyResource, PolicyRule } from "./policy-rule.ts";

/** Logs end: they cost for ever otherwise, and request data is not stored longer than needed. */
export const logRetention: PolicyRule = { name: "log-retention", check };

function check({ type, attributes }: PolicyResource): string | undefined {
  if (type !== "aws_cloudwatch_log_group") return undefined;
  const days = attributes.retention_in_days;
  return days === undefined || days === 0
    ? "keeps its logs for ever; set retention_in_days to the environment's logRetentionDays"
    : undefined;
}
