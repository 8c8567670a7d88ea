import { Aspects, type TerraformStack } from "cdktf";
import { closedBucket } from "../constructs/policy/closed-bucket.ts";
import { connectionsByGroup } from "../constructs/policy/connections-by-group.ts";
import { costTags } from "../constructs/policy/cost-tags.ts";
import { customerKey } from "../constructs/policy/customer-key.ts";
import { deletionProtection } from "../constructs/policy/deletion-protection.ts";
import { instanceMetadata } from "../constructs/policy/instance-metadata.ts";
import { isolatedSubnets } from "../constructs/policy/isolated-subnets.ts";
import { logRetention } from "../constructs/policy/log-retention.ts";
import { noPublicAddress } from "../constructs/policy/no-public-address.ts";
import { PolicyAspect } from "../constructs/policy/policy-aspect.ts";
import type { PolicyRule } from "../constructs/policy/policy-rule.ts";
import { reasonedWildcard } from "../constructs/policy/reasoned-wildcard.ts";
import type { Waiver } from "../constructs/policy/waiver.ts";
import { REVIEWED_ON, WAIVERS } from "./policy-waivers.ts";

export interface PolicyProps {
  /** Whether resources with data must be protected from destruction. */
  readonly isProtected: boolean;
  /** Tags that launched instances and volumes must have. */
  readonly tags: Readonly<Record<string, string>>;
  /** @default - those of `policy-waivers.ts` */
  readonly waivers?: readonly Waiver[];
}

/** The rules that every stack must satisfy. */
export function policyRules({ isProtected, tags }: Omit<PolicyProps, "waivers">): readonly PolicyRule[] {
  return [
    closedBucket,
    connectionsByGroup,
    costTags({ tags }),
    customerKey,
    deletionProtection({ isProtected }),
    instanceMetadata,
    isolatedSubnets,
    logRetention,
    noPublicAddress,
    reasonedWildcard,
  ];
}

/** Makes a breach of a rule fail the synthesis of a stack. */
export function holdToPolicy(stack: TerraformStack, { waivers = WAIVERS, ...props }: PolicyProps): void {
  Aspects.of(stack).add(new PolicyAspect({ rules: policyRules(props), waivers, reviewedOn: REVIEWED_ON }));
}
