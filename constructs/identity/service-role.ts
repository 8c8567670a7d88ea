import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { Construct } from "constructs";

/** One statement of an IAM policy, in IAM's own words. Actions and resources are named; a `*` needs a comment. */
export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface ServiceRoleProps {
  readonly name: string;
  /** Service that assumes the role, e.g. `ec2.amazonaws.com`. */
  readonly service: string;
  /** What the role may do; written by the constructs that own the resources. */
  readonly statements: readonly PolicyStatement[];
}

/** A role that one AWS service assumes, with one inline policy that lives and dies with it. */
export class ServiceRole extends Construct {
  readonly resource: IamRole;

  constructor(scope: Construct, id: string, { name, service, statements }: ServiceRoleProps) {
    super(scope, id);
    this.resource = new IamRole(this, "Default", {
      name,
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
      }),
    });
    if (statements.length > 0) {
      new IamRolePolicy(this, "Policy", {
        name: "permissions",
        role: this.resource.id,
        policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
      });
    }
  }
}
