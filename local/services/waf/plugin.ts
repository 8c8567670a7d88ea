import { arnOf } from "../../runtime/names.ts";
import type { ResourcePlugin } from "../../runtime/plugin.ts";
import { asText } from "../../template/json.ts";
import { WebAcl } from "./web-acl.ts";

export const webAcl: ResourcePlugin = {
  type: "aws_wafv2_web_acl",
  start: (config, resource, world) => {
    world.webAcls.set(arnOf(resource, world), new WebAcl(config));
  },
};

export const webAclAssociation: ResourcePlugin = {
  type: "aws_wafv2_web_acl_association",
  start: (config, _resource, world) => {
    world.webAclOf.set(asText(config.resource_arn), asText(config.web_acl_arn));
  },
};
