import { createHash } from "node:crypto";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { builtAssets } from "../../test-support/built-assets.ts";
import { only, statements, synthConstruct, typeCounts } from "../../test-support/synth.ts";
import { BundledFunction, type BundledFunctionProps } from "./bundled-function.ts";

const assets = builtAssets();
afterAll(() => assets.remove());
const synth = (props: Partial<BundledFunctionProps> = {}) =>
  synthConstruct((scope) => {
    new BundledFunction(scope, "Function", {
      name: "test-drain",
      bundle: join(assets.lambdas, "authorize-request.zip"),
      statements: [],
      environment: { A: "1" },
      timeoutSeconds: 60,
      logRetentionDays: 30,
      kmsKeyArn: "arn:key",
      ...props,
    });
  });
const stack = synth();
const actions = (of: typeof stack) =>
  statements(only(of, "aws_iam_role_policy").policy).flatMap(({ Action }) => Action);

describe("a bundled function", () => {
  test("is a function with its role and its log", () => {
    expect(typeCounts(stack)).toEqual({
      aws_cloudwatch_log_group: 1,
      aws_iam_role: 1,
      aws_iam_role_policy: 1,
      aws_lambda_function: 1,
    });
    expect(only(stack, "aws_lambda_function")).toMatchObject({
      function_name: "test-drain",
      architectures: ["arm64"],
      runtime: "nodejs24.x",
      timeout: 60,
      environment: { variables: { A: "1" } },
      source_code_hash: createHash("sha256").update("a bundle").digest("base64"),
    });
    expect(only(stack, "aws_lambda_function")).not.toHaveProperty("vpc_config");
  });

  test("its log has a retention and our key, and exists first", () => {
    expect(only(stack, "aws_cloudwatch_log_group")).toMatchObject({ retention_in_days: 30, kms_key_id: "arn:key" });
    expect(only(stack, "aws_lambda_function").depends_on).toContainEqual(
      expect.stringContaining("aws_cloudwatch_log_group.Function_Logs"),
    );
  });

  test("may write its own log, and is in a network only with network settings", () => {
    expect(actions(stack)).toEqual(["logs:CreateLogStream", "logs:PutLogEvents"]);
    const inside = synth({ network: { subnetIds: ["subnet-1"], securityGroupId: "sg-1" } });
    expect(only(inside, "aws_lambda_function").vpc_config).toEqual({
      subnet_ids: ["subnet-1"],
      security_group_ids: ["sg-1"],
    });
    expect(actions(inside)).toContain("ec2:CreateNetworkInterface");
  });

  test("a missing bundle is an error that names the remedy", () => {
    expect(() => synth({ bundle: "/nowhere.zip" })).toThrow(/no Lambda bundle at \/nowhere\.zip.*npm run build/);
  });
});
