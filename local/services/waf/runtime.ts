import type { WebAcl } from "./web-acl.ts";

/** The web ACLs of the stacks and what they protect. */
export class WafRuntime {
  /** Ranges of addresses by the ARN of their set. */
  readonly ipSets = new Map<string, readonly string[]>();
  /** By ARN. */
  readonly webAcls = new Map<string, WebAcl>();
  /** ARN of what is protected → ARN of its web ACL. */
  readonly associations = new Map<string, string>();

  /** The web ACL of a load balancer or an API's stage; `undefined` when it has none. */
  webAclOf(resourceArn: string): WebAcl | undefined {
    return this.webAcls.get(this.associations.get(resourceArn) ?? "");
  }
}

export interface WithWaf {
  readonly waf: WafRuntime;
}
