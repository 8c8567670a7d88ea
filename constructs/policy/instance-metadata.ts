import { blocks } from "./attributes.ts";
import type { PolicyResource, PolicyRule } from "./policy-rule.ts";

/** Instance metadata requires sessions (IMDSv2), so that a forged request can't fetch the role's credentials. */
export const instanceMetadata: PolicyRule = { name: "instance-metadata", check };

function check({ type, attributes }: PolicyResource): string | undefined {
  if (type !== "aws_launch_template" && type !== "aws_instance") return undefined;
  const [options] = blocks(attributes.metadata_options);
  if (options?.http_endpoint === "disabled") return undefined;
  return options?.http_tokens === "required"
    ? undefined
    : `lets IMDSv1 read its credentials (http_tokens is ${JSON.stringify(options?.http_tokens ?? "optional")}); set metadata_options.http_tokens to "required"`;
}
