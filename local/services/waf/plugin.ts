import { arnOf } from "../../runtime/names.ts";
import type { ResourcePlugin } from "../../runtime/plugin.ts";
import { asText } from "../../template/json.ts";
import type { WithWaf } from "./runtime.ts";
import { WebAcl } from "./web-acl.ts";

export const ipSet: ResourcePlugin<WithWaf> = {
  type: "aws_wafv2_ip_set",
  start(config, resource, runtime) {
    const addresses = Array.isArray(config.addresses) ? config.addresses.map(asText) : [];
    runtime.waf.ipSets.set(arnOf(resource, runtime), addresses);
  },
};

export const webAcl: ResourcePlugin<WithWaf> = {
  type: "aws_wafv2_web_acl",
  start(config, resource, runtime) {
    runtime.waf.webAcls.set(arnOf(resource, runtime), new WebAcl(config, { ipSets: runtime.waf.ipSets }));
  },
};

export const webAclAssociation: ResourcePlugin<WithWaf> = {
  type: "aws_wafv2_web_acl_association",
  start(config, _resource, { waf }) {
    waf.associations.set(asText(config.resource_arn), asText(config.web_acl_arn));
  },
};

/** In the order in which they start. */
export const WAF_PLUGINS = {
  aws_wafv2_ip_set: ipSet,
  aws_wafv2_web_acl: webAcl,
  aws_wafv2_web_acl_association: webAclAssociation,
} as const;
