import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity/index.js";
import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider/index.js";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js";
import { Construct } from "constructs";
import type { Environment } from "../../settings/environment.ts";
import { describeStatements, type PolicyStatement, policyDocument } from "../identity/service-role.ts";
import { accountGrants } from "./deploy-permissions.ts";
import { PLAIN_ROLES, type RoleNaming, statementsOf } from "./grant.ts";
import { serviceGrants } from "./service-grants.ts";

type CiSettings = NonNullable<Environment["ci"]>;

export interface DeployRoleProps extends CiSettings {
  /** Start of the names of the environment's resources, e.g. `sluice-dev`. */
  readonly name: string;
  /** Tag `Environment` of the environment's resources. */
  readonly environment: string;
  readonly region: string;
  /** @default PLAIN_ROLES */
  readonly roles?: RoleNaming;
  /** Security group of others to which rules are added. @default - none */
  readonly endpointsGroupId?: string | undefined;
  /** Another region in which the page's certificate is. @default - there is none */
  readonly certificateRegion?: string | undefined;
  /** Permissions for the states. */
  readonly stateStatements: readonly PolicyStatement[];
  /** ARNs of the state store: the role never destroys it. */
  readonly stateArns: readonly string[];
}

const ISSUER = "token.actions.githubusercontent.com";

/** The role by which CI deploys: assumed by a token that GitHub signs for one job, so that no credential is stored. */
export class DeployRole extends Construct {
  readonly resource: IamRole;
  readonly arn: string;

  constructor(scope: Construct, id: string, props: DeployRoleProps) {
    super(scope, id);
    const { name, repository, region, environment, roles = PLAIN_ROLES, endpointsGroupId, certificateRegion } = props;
    const roleName = `${name}-ci`;
    this.resource = new IamRole(this, "Default", {
      name: roleName,
      description: `Deploys ${name} from GitHub's ${repository}`,
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Federated: this.#providerArn(props.oidcProvider) },
            Action: "sts:AssumeRoleWithWebIdentity",
            Condition: {
              // Exact subjects: a pattern such as repo:owner/* would let any branch, or a pull request, in.
              StringEquals: { [`${ISSUER}:aud`]: "sts.amazonaws.com", [`${ISSUER}:sub`]: subjects(props) },
            },
          },
        ],
      }),
    });
    this.arn = this.resource.arn;
    this.#policy("State", "state", props.stateStatements);
    const permissions = { name, region, environment, roles, endpointsGroupId, certificateRegion };
    // IAM counts 10,240 characters for all inline policies of a role, and 6,144 for a managed one: the test adds them up.
    this.#policy("Deploy", "deploy", [
      ...statementsOf(accountGrants(permissions)),
      {
        Sid: "NotItself",
        purpose: "CI's role can't change its own permissions.",
        Effect: "Deny",
        Action: ["iam:*"], // a statement that denies must have no gaps
        Resource: [`arn:aws:iam::*:role${roles.start}${roleName}`, `arn:aws:iam::*:policy/${roleName}*`],
      },
      {
        Sid: "NotTheStates",
        purpose: "CI's role can't delete the states or what encrypts them.",
        Effect: "Deny",
        Action: ["dynamodb:DeleteTable", "kms:ScheduleKeyDeletion", "s3:DeleteBucket*", "s3:DeleteObject*"],
        Resource: [...props.stateArns],
      },
    ]);
    this.#managedPolicy(`${roleName}-services`, statementsOf(serviceGrants(permissions)));
  }

  #managedPolicy(name: string, statements: readonly PolicyStatement[]): void {
    const scope = new Construct(this, "Services");
    const policy = new IamPolicy(scope, "Default", { name, policy: policyDocument(statements) });
    describeStatements(policy, statements);
    new IamRolePolicyAttachment(scope, "Attachment", { role: this.resource.name, policyArn: policy.arn });
  }

  #policy(id: string, name: string, statements: readonly PolicyStatement[]): void {
    const policy = new IamRolePolicy(this, id, { name, role: this.resource.id, policy: policyDocument(statements) });
    describeStatements(policy, statements);
  }

  #providerArn(oidcProvider: CiSettings["oidcProvider"]): string {
    if (oidcProvider === "create")
      return new IamOpenidConnectProvider(this, "Provider", {
        url: `https://${ISSUER}`,
        clientIdList: ["sts.amazonaws.com"],
      }).arn;
    const account = new DataAwsCallerIdentity(this, "Account", {}).accountId;
    return `arn:aws:iam::${account}:oidc-provider/${ISSUER}`;
  }
}

function subjects({ repository, branches, environments }: CiSettings): readonly string[] {
  return [
    ...branches.map((branch) => `repo:${repository}:ref:refs/heads/${branch}`),
    ...environments.map((environment) => `repo:${repository}:environment:${environment}`),
  ];
}
