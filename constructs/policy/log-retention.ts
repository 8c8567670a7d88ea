import type { PolicyResource, PolicyRule } from "./policy-rule.ts";

/** Logs have a retention: otherwise their cost never ends, and request data is stored longer than needed. */
export const logRetention: PolicyRule = { name: "log-retention", check };

function check({ type, attributes }: PolicyResource): string | undefined {
  if (type !== "aws_cloudwatch_log_group") return undefined;
  const days = attributes.retention_in_days;
  return days === undefined || days === 0
    ? "keeps its logs for ever; set retention_in_days to the environment's logRetentionDays"
    : undefined;
}
