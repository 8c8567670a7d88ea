import { describe, expect, test } from "vitest";
import { only, statements } from "../../test-support/synth.ts";
import { type PolicyStatement, ServiceRole } from "../identity/service-role.ts";
import { reasonedWildcard } from "./reasoned-wildcard.ts";
import { resource, synthUnder } from "./test/policy-fixture.ts";

const named = { Sid: "Read", Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::b/weights/*"] };
const check = (statement: object, reasons = {}, type = "aws_iam_role_policy") =>
  reasonedWildcard.check(resource(type, { policy: JSON.stringify({ Statement: statement }) }, reasons), []);
const lookUp = {
  Sid: "LookUp",
  Effect: "Allow",
  Action: ["ec2:DescribeInstances"],
  Resource: ["*"],
} as const;

describe("the rule that a wildcard has a reason", () => {
  test("named actions and resources need none, also below a named prefix", () => {
    expect(check(named)).toBeUndefined();
  });

  test.each([
    [{ ...named, Action: "s3:*" }, /allows the actions s3:\* in statement Read/],
    [{ ...named, Action: ["s3:Get*"] }, /the actions s3:Get\*/],
    [{ ...named, Resource: "*" }, /the resources \*/],
    [{ ...named, Resource: ["arn:aws:s3:::*"] }, /the resources arn:aws:s3:::\*/],
    [{ ...named, Principal: "*" }, /every principal/],
    [{ ...named, Principal: { AWS: ["*"] } }, /every principal/],
    [{ Sid: "Read", Effect: "Allow", NotAction: "iam:*", Resource: "arn:x" }, /everything but a list/],
    [{ Effect: "Allow", Action: "*", Resource: "*" }, /statement without Sid/],
  ])("%j needs one", (statement, message) => {
    expect(check(statement)).toMatch(message);
    if ("Sid" in statement) expect(check(statement, { Read: "because" })).toBeUndefined();
  });

  test("the reason of one statement is not another's, and an empty one is none", () => {
    expect(check(lookUp, { Read: "because" })).toMatch(/in statement LookUp/);
    expect(check(lookUp, { LookUp: "" })).toMatch(/in statement LookUp/);
  });

  test("a refusal may be wide", () => {
    expect(check({ Effect: "Deny", Action: "*", Resource: "*", Principal: "*" })).toBeUndefined();
  });

  test("in a key's own policy * is the key", () => {
    expect(check({ ...named, Resource: "*" }, {}, "aws_kms_key")).toBeUndefined();
    expect(check({ ...named, Action: "kms:*", Resource: "*" }, {}, "aws_kms_key")).toMatch(/kms:\*/);
  });

  test("AWS's managed policies need a reason by name", () => {
    const attach = (reasons: Record<string, string>) =>
      reasonedWildcard.check(
        resource(
          "aws_iam_role_policy_attachment",
          { policy_arn: "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole" },
          reasons,
        ),
        [],
      );
    expect(attach({})).toMatch(/attaches AWS's policy AWSLambdaBasicExecutionRole/);
    expect(attach({ AWSLambdaBasicExecutionRole: "because" })).toBeUndefined();
  });

  test("a policy that can't be read is a breach", () => {
    const policy = `\${data.aws_iam_policy_document.Doc.json}`;
    expect(reasonedWildcard.check(resource("aws_iam_policy", { policy }), [])).toMatch(/can't be read here/);
  });

  test("a role has no inline policy block, whose statements the rule would not read", () => {
    const role = (attributes: object) => reasonedWildcard.check(resource("aws_iam_role", { ...attributes }), []);
    expect(role({ managed_policy_arns: ["arn:aws:iam::aws:policy/AdministratorAccess"] })).toMatch(/inside the role/);
    expect(role({ inline_policy: [{ policy: "{}" }] })).toMatch(/inside the role/);
    expect(role({ name: "t" })).toBeUndefined();
  });

  test("a scaling policy is not checked", () => {
    expect(reasonedWildcard.check(resource("aws_autoscaling_policy", { policy: "x" }), [])).toBeUndefined();
  });

  test("a role's statement brings its reason, which does not reach AWS", () => {
    const synth = (statement: PolicyStatement) =>
      synthUnder(reasonedWildcard, (stack) => {
        new ServiceRole(stack, "Role", { name: "t", service: "ec2.amazonaws.com", statements: [statement] });
      });
    expect(() => synth({ ...lookUp, purpose: "It looks up." })).toThrow(
      /aws_iam_role_policy\.Role_Policy_\w+ allows the resources \*.*LookUp/,
    );
    const stack = synth({ ...lookUp, purpose: "It looks up.", reason: "The action knows no resources." });
    expect(statements(only(stack, "aws_iam_role_policy").policy)).toEqual([lookUp]);
    expect(JSON.stringify(stack)).not.toContain("It looks up");
    expect(JSON.stringify(stack)).not.toContain("knows no resources");
  });
});
