import { join } from "node:path";
import type { TerraformStack } from "cdktf";
import { afterAll, describe, expect, test } from "vitest";
import { REFUSAL_PARTITIONS } from "../../domain/tenancy/refusals.ts";
import { builtAssets } from "../../test-support/built-assets.ts";
import { only, statements, synthConstruct, typeCounts } from "../../test-support/synth.ts";
import { ControlTable } from "../data/control-table.ts";
import { EncryptionKey } from "../data/encryption-key.ts";
import { KeysTable } from "../data/keys-table.ts";
import { TokenExchange } from "./token-exchange.ts";

const assets = builtAssets();
afterAll(() => assets.remove());

const POLICY = {
  name: "nightly",
  issuer: "https://token.actions.githubusercontent.com",
  audience: "https://api.example.com",
  claims: { sub: "repo:acme/*" },
};

const PEOPLE = { issuer: "https://login.example.com", clientId: "sluice" };

function synth(
  stage: string | undefined,
  { hasPeople = false, hasControlApi = false, hasSessions = false, clientSecretId = "" } = {},
) {
  return synthConstruct((scope: TerraformStack) => {
    const encryptionKey = new EncryptionKey(scope, "Key", { name: "t", region: "us-east-1", isProtected: false });
    new TokenExchange(scope, "TokenExchange", {
      name: "test-exchange-token",
      bundle: join(assets.lambdas, "exchange-token.zip"),
      workloads: [POLICY],
      keysTable: new KeysTable(scope, "Keys", { name: "test-keys", encryptionKey, isProtected: false }),
      controlTable:
        hasControlApi || hasPeople
          ? new ControlTable(scope, "Control", { name: "test-control", encryptionKey, isProtected: false })
          : undefined,
      people: hasPeople ? { ...PEOPLE, ...(clientSecretId === "" ? {} : { clientSecretId }) } : undefined,
      hasSessions,
      region: "eu-west-1",
      listenerArn: "arn:listener",
      stage,
      logRetentionDays: 30,
      kmsKeyArn: "arn:key",
    });
  });
}

describe("the token exchange", () => {
  const stack = synth("live");

  test("is a function outside the VPC with its route at the load balancer, and nothing else", () => {
    expect(typeCounts(stack)).toEqual({
      aws_cloudwatch_log_group: 1,
      aws_dynamodb_table: 1,
      aws_iam_role: 1,
      aws_iam_role_policy: 1,
      aws_kms_alias: 1,
      aws_kms_key: 1,
      aws_lambda_function: 1,
      aws_lambda_permission: 1,
      aws_lb_listener_rule: 1,
      aws_lb_target_group: 1,
      aws_lb_target_group_attachment: 1,
    });
    expect(only(stack, "aws_lambda_function")).not.toHaveProperty("vpc_config");
  });

  test("stores refusals as audit events where there is a control API, and may update counts alone", () => {
    const { Statement } = JSON.parse(only(synth("live", { hasControlApi: true }), "aws_iam_role_policy").policy);
    const ofControl = Statement.filter((one: { Resource: string[] }) =>
      JSON.stringify(one.Resource).includes("Control"),
    );
    expect(ofControl).toMatchObject([
      { Action: ["dynamodb:PutItem"] },
      {
        Action: ["dynamodb:UpdateItem"],
        Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [...REFUSAL_PARTITIONS] } },
      },
    ]);
    expect(only(stack, "aws_lambda_function").environment.variables).not.toHaveProperty("SLUICE_CONTROL_TABLE");
  });

  test("gets the policies and the entry by its environment", () => {
    const settings = (of: ReturnType<typeof synth>) =>
      JSON.parse(only(of, "aws_lambda_function").environment.variables.SLUICE_TOKEN_EXCHANGE);
    expect(settings(stack)).toEqual({ entry: "api-gateway", workloads: [POLICY] });
    expect(settings(synth(undefined))).toEqual({ entry: "load-balancer", workloads: [POLICY] });
  });

  test("may write items of the keys table one at a time, and neither list nor delete them", () => {
    const [role] = Object.values(stack.resource?.aws_iam_role_policy ?? {});
    expect(statements(role?.policy).flatMap(({ Action }) => Action)).toEqual([
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:UpdateItem",
      "kms:Decrypt",
      "kms:Encrypt",
      "kms:GenerateDataKey",
      "logs:CreateLogStream",
      "logs:PutLogEvents",
    ]);
  });

  test("with people has their settings and their organisation's table, where it can delete nothing, and update nothing but counts of refusals", () => {
    const withPeople = synth("live", { hasPeople: true });
    const { variables } = only(withPeople, "aws_lambda_function").environment;
    expect(JSON.parse(variables.SLUICE_TOKEN_EXCHANGE)).toEqual({
      entry: "api-gateway",
      workloads: [POLICY],
      people: PEOPLE,
    });
    expect(variables.SLUICE_CONTROL_TABLE).toContain("aws_dynamodb_table.Control");
    const [role] = Object.values(withPeople.resource?.aws_iam_role_policy ?? {});
    const signIn = statements(role?.policy).find(({ Sid }) => Sid === "SignPeopleIn");
    expect(signIn?.Action).toEqual([
      "dynamodb:GetItem",
      "dynamodb:Query",
      "dynamodb:PutItem",
      "dynamodb:ConditionCheckItem",
    ]);
    expect(JSON.stringify(signIn?.Resource)).toContain("aws_dynamodb_table.Control");
  });

  test("with sessions of browsers has their paths too, may end them, and reads the client's secret and no other", () => {
    const secretId = "sluice/dev/console-client";
    const withSessions = synth("live", { hasPeople: true, hasSessions: true, clientSecretId: secretId });
    const { variables } = only(withSessions, "aws_lambda_function").environment;
    expect(JSON.parse(variables.SLUICE_TOKEN_EXCHANGE)).toMatchObject({
      sessions: true,
      people: { clientSecretId: secretId },
    });
    const [role] = Object.values(withSessions.resource?.aws_iam_role_policy ?? {});
    const find = (sid: string) => statements(role?.policy).find(({ Sid }) => Sid === sid);
    expect(find("EndSessions")?.Action).toEqual(["dynamodb:DeleteItem"]);
    expect(find("ReadClientSecret")).toMatchObject({
      Action: ["secretsmanager:GetSecretValue"],
      Resource: [
        expect.stringMatching(/^arn:aws:secretsmanager:eu-west-1:.*:secret:sluice\/dev\/console-client-\?{6}$/),
      ],
    });
    expect(only(withSessions, "aws_lb_listener_rule").condition[0].path_pattern.values).toEqual([
      "/live/oauth/token",
      "/live/oauth/sign-in",
      "/live/session",
      "/live/session/refresh",
    ]);
  });

  test("gets the requests of its one path, behind API Gateway with the stage before it", () => {
    const paths = (of: ReturnType<typeof synth>) =>
      only(of, "aws_lb_listener_rule").condition.map((each: { path_pattern: object }) => each.path_pattern);
    expect(paths(stack)).toEqual([{ values: ["/live/oauth/token"] }]);
    expect(paths(synth(undefined))).toEqual([{ values: ["/oauth/token"] }]);
  });

  test("can be invoked by its own target group alone, and is registered once it can be", () => {
    expect(only(stack, "aws_lambda_permission")).toMatchObject({
      principal: "elasticloadbalancing.amazonaws.com",
      source_arn: expect.stringContaining("aws_lb_target_group.TokenExchange_Targets"),
    });
    expect(only(stack, "aws_lb_target_group_attachment").depends_on).toEqual([
      expect.stringContaining("aws_lambda_permission.TokenExchange_Permission"),
    ]);
  });
});
