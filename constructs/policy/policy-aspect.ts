import {
  Annotations,
  DefaultTokenResolver,
  type IAspect,
  StringConcat,
  TerraformResource,
  TerraformStack,
  Tokenization,
} from "cdktf";
import type { IConstruct } from "constructs";
import { isRecord } from "../../lib/is-record.ts";
import type { Attributes } from "./attributes.ts";
import type { PolicyResource, PolicyRule } from "./policy-rule.ts";
import { covers, type Waiver, waiverProblem } from "./waiver.ts";
import { wildcardReasons } from "./wildcard-reasons.ts";

export interface PolicyAspectProps {
  readonly rules: readonly PolicyRule[];
  /** @default - none */
  readonly waivers?: readonly Waiver[];
  /** Day of the waivers' last review, `YYYY-MM-DD`: synthesis reads no clock. */
  readonly reviewedOn: string;
}

/** Checks every resource against the rules. Each breach is an error on the resource, so that all are printed at once. */
export class PolicyAspect implements IAspect {
  readonly #props: PolicyAspectProps;
  readonly #stacks = new WeakMap<TerraformStack, readonly PolicyResource[]>();

  constructor(props: PolicyAspectProps) {
    this.#props = props;
  }

  visit(node: IConstruct): void {
    if (!TerraformResource.isTerraformResource(node)) return;
    const { rules, waivers = [], reviewedOn } = this.#props;
    const resource = policyResource(node);
    const stack = this.#resourcesOf(TerraformStack.of(node));
    for (const { name, check } of rules) {
      const finding = check(resource, stack);
      if (finding === undefined) continue;
      const waiver = waivers.find((each) => covers(each, name, node.node.path));
      const problem = waiver ? waiverProblem(waiver, reviewedOn) : `${resource.address} ${finding} (rule ${name})`;
      if (problem !== undefined) Annotations.of(node).addError(problem);
    }
  }

  #resourcesOf(stack: TerraformStack): readonly PolicyResource[] {
    const known = this.#stacks.get(stack);
    if (known) return known;
    const found = stack.node.findAll().filter(TerraformResource.isTerraformResource).map(policyResource);
    this.#stacks.set(stack, found);
    return found;
  }
}

/** A resource with all its tokens resolved. */
function policyResource(node: TerraformResource): PolicyResource {
  const type = node.terraformResourceType;
  const name = node.friendlyUniqueId;
  const rendered: unknown = Tokenization.resolve(node.toTerraform(), {
    scope: node,
    preparing: false,
    resolver: new DefaultTokenResolver(new StringConcat()),
  });
  return {
    type,
    address: `${type}.${name}`,
    attributes: at(at(at(rendered, "resource"), type), name),
    wildcardReasons: wildcardReasons(node),
  };
}

/** A resource that was moved to another address renders no attributes. */
function at(value: unknown, key: string): Attributes {
  const inner = isRecord(value) ? value[key] : undefined;
  return isRecord(inner) ? inner : {};
}
