import { describe, expect, test } from "vitest";
import { CALLER_PERMISSIONS_FILE } from "../../contracts/processes/caller-permissions.ts";
import { applies, evaluate, type IamRequest } from "../../domain/iam/evaluate.ts";
import { type ParsedStatement, parsePolicy } from "../../domain/iam/policy.ts";
import { loadEnvironment } from "../../environments/load.ts";
import type { Environment } from "../../settings/environment.ts";
import { callerPermissions } from "../../stacks/caller-permissions.ts";
import { readRecord } from "./recorded-requests.ts";
import { requestOf } from "./test/request-of.ts";
import { UNEMULATED_REQUESTS } from "./unemulated-requests.ts";

const everything = await loadEnvironment("acceptance/environments/everything.ts");

/** The caller's statements, as IAM reads them. */
function statementsOf(environment: Environment): readonly ParsedStatement[] {
  const Statement = callerPermissions(environment).map(({ purpose, ...statement }) => statement);
  return parsePolicy(JSON.stringify({ Statement }));
}

/** What AWS checks is what the call names; the recorder has no field with the name of a new policy or provider. */
const NAMED: Readonly<Record<string, string>> = {
  "arn:aws:iam::123456789012:policy/new": "arn:aws:iam::123456789012:policy/sluice-everything-ci-services",
  "arn:aws:iam::123456789012:oidc-provider/new":
    "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
};

/** A call about a state names no key, so that the record has no tag of it; the stack's tags are on it. */
const STATE_KEY = `arn:aws:kms:${everything.region}:123456789012:key/some-state-key`;

function requestsOf(lines: readonly string[]): readonly IamRequest[] {
  return lines
    .map((line) => requestOf(line, everything))
    .map(({ action, resource, context }) => ({
      action,
      resource: NAMED[resource] ?? resource,
      context: resource === STATE_KEY ? { ...context, "aws:ResourceTag/Environment": everything.name } : context,
    }));
}

const record = readRecord();
const bootstrap = requestsOf(record.bootstrap);
const all = [...bootstrap, ...requestsOf([...record.deploy, ...Object.values(UNEMULATED_REQUESTS).flat()])];

/** What the caller needs that no recorded run makes, by the reason. */
const UNRECORDED: Readonly<Record<string, readonly string[]>> = {
  "the command's own calls, which go to AWS and not through OpenTofu": [
    ...["acm:AddTagsToCertificate", "acm:ImportCertificate", "ce:ListCostAllocationTags", "lambda:GetAccountSettings"],
    ...["servicequotas:GetAWSDefaultServiceQuota", "servicequotas:GetServiceQuota", "ssm:GetParameter"],
  ],
  "changes of tags, policies and trust in a later bootstrap": [
    ...["dynamodb:UntagResource", "iam:CreatePolicyVersion", "iam:DeletePolicyVersion"],
    ...["iam:TagOpenIDConnectProvider", "iam:TagPolicy", "iam:UntagOpenIDConnectProvider", "iam:UntagPolicy"],
    ...["iam:UntagRole", "iam:UpdateAssumeRolePolicy", "kms:PutKeyPolicy", "kms:TagResource"],
    ...["kms:UpdateAlias", "kms:UpdateKeyDescription"],
  ],
};

describe("the caller of sluice bootstrap and of the first deployment", () => {
  const statements = statementsOf(everything);

  test("may make every call that bootstrap, deployments, updates and destroys made in the acceptance run", () => {
    expect(bootstrap.length).toBeGreaterThan(80);
    expect(all.length).toBeGreaterThan(600);
    const refused = all.filter((request) => evaluate(statements, request) !== "allowed");
    expect(refused.map(({ action, resource }) => `${action} ${resource}`)).toEqual([]);
  });

  test("needs no action for the bootstrap that neither the acceptance run nor a listed later change uses", () => {
    const deploys = statements.findIndex(({ sid }) => sid === "LookUp");
    const unused = statements.slice(0, deploys).flatMap((statement) =>
      statement.actions.patterns.filter((pattern) => {
        const one = { ...statement, actions: { ...statement.actions, patterns: [pattern] } };
        return !bootstrap.some((request) => applies(one, request));
      }),
    );
    expect([...new Set(unused)].sort()).toEqual(Object.values(UNRECORDED).flat().sort());
  });

  test("is denied the store of another environment's states, its roles and other policies for its own", () => {
    const foreign = [
      "s3:PutObject arn:aws:s3:::others-states/prod/data.tfstate",
      `dynamodb:DeleteTable arn:aws:dynamodb:${everything.region}:123456789012:table/others-locks`,
      "iam:PutRolePolicy arn:aws:iam::123456789012:role/sluice-prod-ci",
      "iam:AttachRolePolicy arn:aws:iam::123456789012:role/sluice-everything-ci iam:PolicyARN=arn:aws:iam::aws:policy/AdministratorAccess",
      `kms:ScheduleKeyDeletion arn:aws:kms:${everything.region}:123456789012:key/1 aws:ResourceTag/Environment=prod`,
    ];
    for (const line of foreign) expect(evaluate(statements, requestOf(line, everything)), line).not.toBe("allowed");
  });

  test("needs nothing for what an environment does not have: CI's role, the log role, a self-signed certificate", async () => {
    const dev = await loadEnvironment("dev");
    const sids = (environment: Environment) => callerPermissions(environment).map(({ Sid }) => Sid);
    expect(sids(everything)).toEqual(expect.arrayContaining(["CiRole", "GitHub", "LogRole", "Certificate"]));
    const bare = sids({
      ...dev,
      ci: null,
      api: {
        ...dev.api,
        accountLogRole: "existing",
        domain: { name: "api.example.com", hostedZoneId: "Z0123456789ABCDEFGHIJ" },
      },
    });
    for (const sid of ["CiRole", "CiPolicy", "GitHub", "LogRole", "PassLogRole", "Certificate"])
      expect(bare).not.toContain(sid);
  });

  test("has each statement under a name of its own, with its purpose", () => {
    const all = callerPermissions(everything);
    expect(new Set(all.map(({ Sid }) => Sid)).size).toBe(all.length);
    for (const { Sid, purpose } of all) expect(purpose, Sid).toMatch(/^[A-Z`].*\.$/);
    expect(CALLER_PERMISSIONS_FILE).toMatch(/\.json$/);
  });
});
