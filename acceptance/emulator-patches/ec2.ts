import { type EmulatorPatch, editsResponse, storesFields } from "./emulator-patch.ts";
import { elements, escapeXml } from "./xml.ts";

/** Paths of a rule's description, by the kind of its source or target. */
const SOURCES = ["Groups", "PrefixListIds", "IpRanges", "Ipv6Ranges"] as const;

export function ec2Patches(): readonly EmulatorPatch[] {
  const descriptions = new Map<string, string>();
  return [
    storesFields(
      {
        service: "ec2",
        operation: /^AuthorizeSecurityGroup(Ingress|Egress)$/,
        reason: "moto forgets the description of a security group rule whose source is a group or a prefix list",
      },
      (fields, response) => {
        const text = SOURCES.map((source) => fields.get(`IpPermissions.1.${source}.1.Description`)).find(Boolean);
        if (text) for (const id of elements(response, "securityGroupRuleId")) descriptions.set(id, text);
      },
    ),
    storesFields(
      {
        service: "ec2",
        operation: "ModifySecurityGroupRules",
        reason: "as at its creation, moto forgets the description",
      },
      (fields) => {
        const id = fields.get("SecurityGroupRule.1.SecurityGroupRuleId");
        const text = fields.get("SecurityGroupRule.1.SecurityGroupRule.Description");
        if (id !== null && text !== null) descriptions.set(id, text);
      },
    ),
    editsResponse(
      {
        service: "ec2",
        operation: "DescribeSecurityGroupRules",
        reason: "restores the descriptions that moto forgot",
        echo: "part",
      },
      (text) =>
        text.replace(
          /<item>(?:(?!<item>).)*?<securityGroupRuleId>(.*?)<\/securityGroupRuleId>.*?<\/item>/gs,
          (item, id) => {
            const description = descriptions.get(id);
            if (description === undefined) return item;
            const bare = item.replace(/<description>.*?<\/description>|<description ?\/>/s, "");
            return bare.replace(
              "</securityGroupRuleId>",
              `</securityGroupRuleId><description>${escapeXml(description)}</description>`,
            );
          },
        ),
    ),
    editsResponse(
      {
        service: "ec2",
        operation: "DescribeLaunchTemplateVersions",
        reason: "moto puts the tags of the template itself among those of its instances",
      },
      (text) =>
        text
          .replace(/<item><resourceType>launch-template<\/resourceType><tagSet>.*?<\/tagSet><\/item>/gs, "")
          .replace(/<tagSpecificationSet><\/tagSpecificationSet>/g, ""),
    ),
  ];
}
