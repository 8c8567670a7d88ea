import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { Construct, type IConstruct } from "constructs";
import { explainWildcards } from "../policy/wildcard-reasons.ts";
import { recordPurposes } from "./statement-purposes.ts";

/** One statement of an IAM policy, in IAM's terms. Actions and resources are named; a wildcard needs a reason. */
export interface PolicyStatement {
  readonly Sid: string;
  /** What the role does by it, one sentence for `sluice permissions`. It is not synthesized. */
  readonly purpose: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
  /** Why it needs a wildcard. The reason is not synthesized. @default - there is no wildcard */
  readonly reason?: string;
}

export interface ServiceRoleProps {
  readonly name: string;
  /** Service that assumes the role, e.g. `ec2.amazonaws.com`. */
  readonly service: string;
  /** Account for whose resources alone the service may assume it. @default - the service decides */
  readonly sourceAccountId?: string;
  /** Permissions of the role; written by the constructs that own the resources. */
  readonly statements: readonly PolicyStatement[];
}

/** A role that one AWS service assumes, with one inline policy that is created and deleted with it. */
export class ServiceRole extends Construct {
  readonly resource: IamRole;

  constructor(scope: Construct, id: string, { name, service, sourceAccountId, statements }: ServiceRoleProps) {
    super(scope, id);
    this.resource = new IamRole(this, "Default", {
      name,
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: service },
            Action: "sts:AssumeRole",
            ...(sourceAccountId === undefined
              ? {}
              : { Condition: { StringEquals: { "aws:SourceAccount": sourceAccountId } } }),
          },
        ],
      }),
    });
    if (statements.length > 0) {
      const policy = new IamRolePolicy(this, "Policy", {
        name: "permissions",
        role: this.resource.id,
        policy: policyDocument(statements),
      });
      describeStatements(policy, statements);
    }
  }
}

/** Statements as the JSON text of a policy, without their purposes and reasons. */
export function policyDocument(statements: readonly PolicyStatement[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map(({ purpose, reason, ...statement }) => statement),
  });
}

/** Records what is not synthesized of a policy's statements: their purposes, and why they have wildcards. */
export function describeStatements(policy: IConstruct, statements: readonly PolicyStatement[]): void {
  explainWildcards(
    policy,
    Object.fromEntries(statements.flatMap(({ Sid, reason }) => (reason === undefined ? [] : [[Sid, reason]]))),
  );
  recordPurposes(
    policy,
    Object.fromEntries(
      statements.map(({ Sid, purpose, reason }) => [Sid, reason === undefined ? purpose : `${purpose} ${reason}`]),
    ),
  );
}
