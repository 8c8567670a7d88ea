import { describe, expect, test } from "vitest";
import { only, statements, synthConstruct, typeCounts } from "../../test-support/synth.ts";
import { ServiceRole } from "./service-role.ts";

describe("a service role", () => {
  test("is assumed by the one service and holds the statements in one inline policy", () => {
    const statement = {
      Sid: "Read",
      Effect: "Allow",
      Action: ["s3:GetObject"],
      Resource: ["arn:aws:s3:::b/*"],
    } as const;
    const stack = synthConstruct((scope) => {
      const statements = [{ ...statement, purpose: "It reads." }];
      new ServiceRole(scope, "Role", { name: "test", service: "ec2.amazonaws.com", statements });
    });
    expect(statements(only(stack, "aws_iam_role").assume_role_policy)).toEqual([
      { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
    ]);
    expect(statements(only(stack, "aws_iam_role_policy").policy)).toEqual([statement]);
  });

  test("has no policy when it may do nothing", () => {
    const stack = synthConstruct((scope) => {
      new ServiceRole(scope, "Role", { name: "test", service: "ec2.amazonaws.com", statements: [] });
    });
    expect(typeCounts(stack)).toEqual({ aws_iam_role: 1 });
  });
});
