import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Environment } from "../../settings/environment.ts";
import { builtAssets } from "../../test-support/built-assets.ts";
import { only, resources, statements, synthConstruct } from "../../test-support/synth.ts";
import { ControlTable } from "../data/control-table.ts";
import { EncryptionKey } from "../data/encryption-key.ts";
import { HistoryStore } from "../data/history-store.ts";
import { KeysTable } from "../data/keys-table.ts";
import { UsageStore } from "../data/usage-store.ts";
import { ControlApi } from "./control-api.ts";

const assets = builtAssets();
afterAll(() => assets.remove());
const synth = (stage?: string, hasHistory = false, tiers: Environment["api"]["tiers"] = {}) =>
  synthConstruct((scope) => {
    const encryptionKey = new EncryptionKey(scope, "Key", { name: "t", region: "us-east-1", isProtected: true });
    new ControlApi(scope, "ControlApi", {
      name: "test-administer",
      bundle: join(assets.lambdas, "administer.zip"),
      table: new ControlTable(scope, "Control", { name: "test-control", encryptionKey, isProtected: true }),
      keysTable: new KeysTable(scope, "Keys", { name: "test-keys", encryptionKey, isProtected: true }),
      keyPlan: "standard",
      memberKeys: null,
      models: ["tiny", "chat"],
      tiers,
      mailReceivers: ["oncall@example.com"],
      usageStore: new UsageStore(scope, "Usage", {
        tableName: "test-usage",
        bucketNamePrefix: "test-usage-",
        encryptionKey,
        retentionDays: 400,
        isProtected: true,
      }),
      historyStore: hasHistory
        ? new HistoryStore(scope, "History", {
            tableName: "test-history",
            keysTableName: "test-subject-keys",
            encryptionKey,
            isProtected: true,
          })
        : undefined,
      responsesTable: undefined,
      batchStorage: undefined,
      retention: { logs: 30 },
      resourceName: "sluice-test",
      alarmTopicName: "sluice-test-alarms",
      organization: "default",
      corsOrigins: ["https://chat.example.com"],
      listenerArn: "arn:listener",
      stage,
      logRetentionDays: 30,
      kmsKeyArn: "arn:key",
    });
  });
const stack = synth();

describe("the control API", () => {
  test("allows the pages of the given origins", () => {
    expect(JSON.parse(only(stack, "aws_lambda_function").environment.variables.SLUICE_CORS_ORIGINS)).toEqual([
      "https://chat.example.com",
    ]);
  });

  test("knows the limits of its tiers, and their names alone where they are too long for its variables", () => {
    const limits = [{ metric: "requests", window: "minute", max: 60 }] as const;
    const variables = (names: readonly string[]) => {
      const tiers = Object.fromEntries(names.map((name) => [name, { limits: [...limits] }]));
      return only(synth(undefined, false, tiers), "aws_lambda_function").environment.variables;
    };
    const few = variables(["gold"]);
    // In the form that the function of the release before reads, whose code is replaced after its variables.
    expect(JSON.parse(few.SLUICE_TIERS)).toEqual(["gold"]);
    expect(JSON.parse(few.SLUICE_TIER_LIMITS)).toEqual({ gold: limits });
    // Whose names and limits have 3,390 characters, the limits 2,919 of them.
    const names = Array.from({ length: 48 }, (_, index) => `tier-${index}`);
    const many = variables(names);
    expect(JSON.parse(many.SLUICE_TIERS)).toEqual(names);
    expect(many).not.toHaveProperty("SLUICE_TIER_LIMITS");
  });

  test("has the history's paths in a rule of its own, and its tables, where there is one", () => {
    const withHistory = synth("v1", true);
    const paths = Object.values(resources(withHistory, "aws_lb_listener_rule")).flatMap(
      ({ condition }) => condition[0].path_pattern.values,
    );
    expect(paths).toHaveLength(6);
    expect(paths).toContain("/v1/api/chats*");
    const policies = Object.values(resources(withHistory, "aws_iam_role_policy"));
    const actions = policies
      .flatMap(({ policy }) => statements(policy))
      .find(({ Sid }) => Sid === "ReadHistory")?.Action;
    expect(actions).toEqual(["GetItem", "Query", "UpdateItem", "DeleteItem"].map((name) => `dynamodb:${name}`));
  });

  test("is a function that the listener calls for its paths, with API Gateway's stage where that is the entry", () => {
    const rule = only(stack, "aws_lb_listener_rule");
    expect(rule).toMatchObject({
      listener_arn: "arn:listener",
      condition: [
        {
          path_pattern: {
            values: ["/v1/organization/*", "/v1/projects/*", "/scim/v2/*", "/api/keys*", "/api/usage/*"],
          },
        },
      ],
      action: [{ type: "forward", target_group_arn: expect.stringContaining("aws_lb_target_group") }],
    });
    expect(only(synth("live"), "aws_lb_listener_rule").condition).toEqual([
      {
        path_pattern: {
          values: [
            "/live/v1/organization/*",
            "/live/v1/projects/*",
            "/live/scim/v2/*",
            "/live/api/keys*",
            "/live/api/usage/*",
          ],
        },
      },
    ]);
    expect(only(stack, "aws_lb_target_group")).toMatchObject({
      target_type: "lambda",
      lambda_multi_value_headers_enabled: true,
    });
  });

  test("reads the client's address from API Gateway's header only where API Gateway is the entry", () => {
    const entry = (synthesized: typeof stack) =>
      only(synthesized, "aws_lambda_function").environment.variables.SLUICE_FUNCTION_ENTRY;
    expect([entry(stack), entry(synth("live"))]).toEqual(["load-balancer", "api-gateway"]);
  });

  test("may be invoked by this target group and by its schedule alone, and is attached only then", () => {
    const permissions = Object.values(resources(stack, "aws_lambda_permission"));
    expect(permissions.map(({ principal }) => principal).toSorted()).toEqual([
      "elasticloadbalancing.amazonaws.com",
      "events.amazonaws.com",
    ]);
    const ofBalancer = permissions.find(({ principal }) => principal.startsWith("elasticloadbalancing"));
    expect(ofBalancer?.source_arn).toBe(only(stack, "aws_lb_listener_rule").action[0].target_group_arn);
    const ofSchedule = permissions.find(({ principal }) => principal.startsWith("events"));
    expect(ofSchedule?.source_arn).toContain("aws_cloudwatch_event_rule");
    expect(only(stack, "aws_cloudwatch_event_rule").schedule_expression).toBe("rate(1 minute)");
    expect(only(stack, "aws_lb_target_group_attachment").depends_on).toEqual([
      expect.stringContaining("aws_lambda_permission"),
    ]);
  });

  test("may read and change the records of its table, read, add and revoke keys, read and correct usage, see alarms, and write its log, no more", () => {
    const actions = Object.values(stack.resource?.aws_iam_role_policy ?? {}).flatMap(({ policy }) =>
      statements(policy).flatMap(({ Action }) => Action),
    );
    expect(actions).toEqual([
      ...["GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"].map(
        (name) => `dynamodb:${name}`,
      ),
      ...["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
      "kms:Encrypt",
      "dynamodb:GetItem",
      ...["dynamodb:PutItem", "dynamodb:UpdateItem"],
      ...["BatchGetItem", "GetItem", "PutItem", "Query", "UpdateItem"].map((name) => `dynamodb:${name}`),
      ...["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
      ...["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
      ...["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
      "cloudwatch:DescribeAlarms",
      ...["logs:CreateLogStream", "logs:PutLogEvents"],
    ]);
  });

  test("has a table with recovery, a customer key and protection, whose repeated responses expire", () => {
    const tables = Object.values(resources(stack, "aws_dynamodb_table"));
    expect(tables.find(({ name }) => name === "test-control")).toMatchObject({
      hash_key: "organizationId",
      range_key: "recordId",
      billing_mode: "PAY_PER_REQUEST",
      ttl: { attribute_name: "expireAt", enabled: true },
      point_in_time_recovery: { enabled: true },
      server_side_encryption: { enabled: true, kms_key_arn: expect.stringContaining("aws_kms_key") },
      deletion_protection_enabled: true,
      lifecycle: { prevent_destroy: true },
    });
  });
});
