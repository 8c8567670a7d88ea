import { createHash } from "node:crypto";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { builtAssets } from "../../test-support/built-assets.ts";
import { only, statements, synthConstruct } from "../../test-support/synth.ts";
import { testAuthorizer, testRestApi } from "./test/edge-fixture.ts";

const assets = builtAssets();
afterAll(() => assets.remove());
const stack = synthConstruct((scope) => {
  const authorizer = testAuthorizer(scope, join(assets.lambdas, "authorize-request.zip"));
  testRestApi(scope, { auth: "required", authorizer });
});

describe("the authorizer", () => {
  test("is a small arm64 function with a short timeout", () => {
    expect(only(stack, "aws_lambda_function")).toMatchObject({
      function_name: "test-authorize-request",
      architectures: ["arm64"],
      runtime: "nodejs24.x",
      handler: "index.handler",
      timeout: 5,
      environment: {
        variables: {
          SLUICE_AUTH_MODE: "required",
          SLUICE_KEYS_TABLE: expect.stringContaining("aws_dynamodb_table.Keys"),
          SLUICE_PLAN_KEYS: '{"standard":"for-standard"}',
        },
      },
    });
  });

  test("changes when its bundle's content changes, and only then", () => {
    const expected = createHash("sha256").update("a bundle").digest("base64");
    expect(only(stack, "aws_lambda_function").source_code_hash).toBe(expected);
    expect(only(stack, "aws_lambda_function").filename).toMatch(/^assets\/.*\/authorize-request\.zip$/);
  });

  test("may read single keys and write its own log, no more", () => {
    const actions = Object.values(stack.resource?.aws_iam_role_policy ?? {}).flatMap(({ policy }) =>
      statements(policy).flatMap(({ Action }) => Action),
    );
    expect(actions).toEqual(["dynamodb:GetItem", "kms:Decrypt", "logs:CreateLogStream", "logs:PutLogEvents"]);
  });

  test("can be invoked by this API's authorizers only", () => {
    expect(only(stack, "aws_lambda_permission")).toMatchObject({
      principal: "apigateway.amazonaws.com",
      source_arn: `\${aws_api_gateway_rest_api.Api.execution_arn}/authorizers/*`,
    });
  });

  test("its log exists with a retention before the function first writes", () => {
    expect(only(stack, "aws_lambda_function").depends_on).toEqual([
      expect.stringContaining("aws_cloudwatch_log_group.Authorizer_Logs"),
    ]);
  });
});
