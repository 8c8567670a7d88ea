import { describe, expect, test } from "vitest";
import { applies, evaluate, type IamRequest } from "../../domain/iam/evaluate.ts";
import { type ParsedStatement, parsePolicy } from "../../domain/iam/policy.ts";
import { actionReference, actionsOf } from "../../domain/iam/service-reference/service-reference.ts";
import { loadEnvironment } from "../../environments/load.ts";
import { environmentSynth } from "../../stacks/test/environment-synth.ts";
import { resources } from "../../test-support/synth.ts";
import { ACCOUNT } from "../tools/emulators.ts";
import { readRecord } from "./recorded-requests.ts";
import { requestOf } from "./test/request-of.ts";
import { resolveReferences } from "./test/resolve-references.ts";
import { UNEMULATED_REQUESTS } from "./unemulated-requests.ts";

const environment = await loadEnvironment("acceptance/environments/everything.ts");
const stacks = environmentSynth()(environment);
const bootstrap = "everything-bootstrap";
const policies = ["aws_iam_role_policy", "aws_iam_policy"].flatMap((type) =>
  Object.values(resources(stacks[bootstrap], type)).map(({ policy }) => String(policy)),
);
const statements = policies.flatMap((policy) => parsePolicy(resolveReferences(policy, bootstrap, stacks)));
const recorded = [...readRecord().deploy, ...Object.values(UNEMULATED_REQUESTS).flat()];
const requests = recorded.map((line) => requestOf(line, environment));

/** What a change of an environment needs that the acceptance run does not make, by the change. */
const LATER_CHANGES: Readonly<Record<string, readonly string[]>> = {
  "a tag gets another value": [
    ...["ChangeOurs: ec2:CreateTags", "Keys: acm:AddTagsToCertificate", "Keys: kms:TagResource"],
    ...["UsageDatabase: glue:TagResource", "UsageQueries: athena:TagResource"],
  ],
  "a tag is taken away": [
    ...["Budgets: budgets:UntagResource", "ChangeOurs: cloudfront:UntagResource", "Logs: logs:UntagResource"],
    ...["Observe: cloudwatch:UntagResource", "Roles: iam:UntagRole", "Tables: dynamodb:UntagResource"],
    ...[
      "ChangeOurs: cognito-idp:UntagResource",
      "UsageDatabase: glue:UntagResource",
      "UsageQueries: athena:UntagResource",
    ],
  ],
  "another key encrypts": [
    ...["KeyNames: kms:UpdateAlias", "Keys: kms:UpdateAlias"],
    ...["Logs: logs:AssociateKmsKey", "Logs: logs:DisassociateKmsKey"],
  ],
  "a key's policy or description changes": ["Keys: kms:PutKeyPolicy", "Keys: kms:UpdateKeyDescription"],
  "a role is trusted to another service": ["Roles: iam:UpdateAssumeRolePolicy"],
  "a group gets another image, type or user data": ["Network: ec2:CreateLaunchTemplateVersion"],
  "an event has a new field, or results are written elsewhere": [
    ...[
      "UsageDatabase: glue:UpdateDatabase",
      "UsageDatabase: glue:UpdateTable",
      "UsageQueries: athena:UpdateWorkGroup",
    ],
  ],
  "a NAT gateway is replaced": ["ChangeOurs: ec2:ReplaceRoute"],
  "the page gets other headers": [
    "Site: cloudfront:UpdateOriginAccessControl",
    "Site: cloudfront:UpdateResponseHeadersPolicy",
  ],
};

const text = ({ action, resource, context }: IamRequest) =>
  [action, resource, ...Object.entries(context).map(([key, value]) => `${key}=${value}`)].join(" ");
const used = (statement: ParsedStatement) => requests.some((request) => applies(statement, request));
const allowing = statements.filter(({ effect }) => effect === "Allow");

describe("the role by which CI deploys", () => {
  test("may make every call that OpenTofu made in the acceptance run", () => {
    expect(requests.length).toBeGreaterThan(500);
    expect(requests.filter((request) => evaluate(statements, request) !== "allowed").map(text)).toEqual([]);
  });

  test("has no action and no resource that neither the acceptance run nor a listed later change uses", () => {
    const unused = allowing.flatMap(partsOf).filter(({ statement }) => !used(statement));
    expect(unused.map(({ name }) => name).sort()).toEqual(Object.values(LATER_CHANGES).flat().sort());
  });

  test("names each writing action that is allowed on all resources, but for what a tag limits", () => {
    const wide = allowing.filter(
      ({ resources: all, conditions }) =>
        all?.patterns.includes("*") && !JSON.stringify(conditions).includes("aws:ResourceTag/Environment"),
    );
    const patterns = wide.flatMap(({ actions }) => actions.patterns).filter((pattern) => pattern.includes("*"));
    expect(patterns.length).toBeGreaterThan(4);
    const writes = patterns.flatMap(actionsOf).filter((action) => !/Read|List/.test(actionReference(action).level));
    expect(writes).toEqual([]);
  });

  test("may not touch what belongs to another environment, or to nobody", () => {
    const stranger = (action: string, resource: string, tag?: string): IamRequest => ({
      action,
      resource,
      context: {
        "aws:RequestedRegion": environment.region,
        "aws:RequestTag/Environment": environment.name,
        ...(tag === undefined ? {} : { "aws:ResourceTag/Environment": tag }),
      },
    });
    const ec2 = (resource: string) => `arn:aws:ec2:${environment.region}:${ACCOUNT}:${resource}`;
    const elb = (resource: string) => `arn:aws:elasticloadbalancing:${environment.region}:${ACCOUNT}:${resource}`;
    for (const request of [
      stranger("ec2:CreateTags", ec2("vpc/vpc-1"), "prod"),
      stranger("ec2:DeleteVpc", ec2("vpc/vpc-1"), "prod"),
      stranger("ec2:DeleteVpc", ec2("vpc/vpc-1")),
      stranger("elasticloadbalancing:AddTags", elb("targetgroup/tf-1/2"), "prod"),
      stranger("elasticloadbalancing:DeleteTargetGroup", elb("targetgroup/tf-1/2"), "prod"),
      stranger("kms:ScheduleKeyDeletion", `arn:aws:kms:${environment.region}:${ACCOUNT}:key/1`, "prod"),
      stranger("kms:TagResource", `arn:aws:kms:${environment.region}:${ACCOUNT}:key/1`, "prod"),
      stranger("cloudfront:DeleteDistribution", `arn:aws:cloudfront::${ACCOUNT}:distribution/E1`),
      stranger("iam:PutRolePolicy", `arn:aws:iam::${ACCOUNT}:role/sluice-everything-ci`),
      stranger("iam:CreatePolicyVersion", `arn:aws:iam::${ACCOUNT}:policy/sluice-everything-ci-services`),
      stranger("iam:PutRolePolicy", `arn:aws:iam::${ACCOUNT}:role/sluice-prod-gateway`),
    ])
      expect(evaluate(statements, request), text(request)).not.toBe("allowed");
  });
});

/** A statement once for each of its actions and once for each of its resources. */
function partsOf(statement: ParsedStatement) {
  const { sid, actions, resources: all } = statement;
  return [
    ...actions.patterns.map((pattern) => ({
      name: `${sid}: ${pattern}`,
      statement: { ...statement, actions: { ...actions, patterns: [pattern] } },
    })),
    ...(all?.patterns ?? []).map((pattern) => ({
      name: `${sid}: on ${pattern}`,
      statement: { ...statement, resources: { patterns: [pattern], isRest: false } },
    })),
  ];
}
