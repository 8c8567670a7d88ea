import { isRecord } from "../../lib/is-record.ts";
import { type Attributes, blocks, isTrue } from "./attributes.ts";
import type { PolicyResource, PolicyRule } from "./policy-rule.ts";

/** Resources that a launch template can tag at launch; the provider's default tags do not reach them. */
const LAUNCHED = ["instance", "volume", "network-interface"];

/** Everything that an Auto Scaling group launches has the tags by which costs are split. */
export function costTags({ tags }: { readonly tags: Readonly<Record<string, string>> }): PolicyRule {
  return {
    name: "cost-tags",
    check({ type, attributes }: PolicyResource): string | undefined {
      if (type === "aws_launch_template") {
        const bare = LAUNCHED.filter((kind) => missing(tags, launchTags(attributes, kind)).length > 0);
        return bare.length > 0
          ? `launches ${bare.join(", ")} without ${Object.keys(tags).join(", ")}; add the stack's tags to tag_specifications`
          : undefined;
      }
      if (type !== "aws_autoscaling_group") return undefined;
      const propagated = Object.fromEntries(
        blocks(attributes.tag)
          .filter((tag) => isTrue(tag.propagate_at_launch))
          .map(({ key, value }) => [key, value]),
      );
      const lacking = missing(tags, propagated);
      return lacking.length > 0
        ? `gives its instances no ${lacking.join(", ")}; add the stack's tags with propagate_at_launch`
        : undefined;
    },
  };
}

function launchTags(attributes: Attributes, kind: string): Attributes {
  const specification = blocks(attributes.tag_specifications).find(({ resource_type }) => resource_type === kind);
  return isRecord(specification?.tags) ? specification.tags : {};
}

function missing(wanted: Readonly<Record<string, string>>, tags: Attributes): readonly string[] {
  return Object.entries(wanted).flatMap(([name, value]) => (tags[name] === value ? [] : [name]));
}
