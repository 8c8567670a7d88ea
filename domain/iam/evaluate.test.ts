import { describe, expect, test } from "vitest";
import { type Decision, evaluate, evaluateAll, type IamRequest, type Principal } from "./evaluate.ts";
import { parsePolicy } from "./policy.ts";

type Statement = Readonly<Record<string, unknown>>;
const policy = (...statements: readonly Statement[]) => parsePolicy(JSON.stringify({ Statement: statements }));
const allow = (Action: string, Resource: string, more: Statement = {}) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...more,
});
const deny = (Action: string, Resource: string, more: Statement = {}) => ({
  Effect: "Deny",
  Action,
  Resource,
  ...more,
});
const ROLE = "arn:aws:iam::123456789012:role/gateway";
const caller: Principal = { kind: "AWS", value: ROLE };
const get: IamRequest = { action: "s3:GetObject", resource: "arn:aws:s3:::files/a", context: {} };

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
describe("policies of an identity", () => {
  test("allow nothing by default, and what a statement allows", () => {
    expect(evaluate([], get)).toBe("not allowed");
    expect(evaluate(policy(allow("s3:Get*", "arn:aws:s3:::files/*")), get)).toBe("allowed");
    expect(evaluate(policy(allow("s3:Get*", "arn:aws:s3:::weights/*")), get)).toBe("not allowed");
    expect(evaluate(policy(allow("s3:Put*", "arn:aws:s3:::files/*")), get)).toBe("not allowed");
  });

  test("deny what one statement denies, whatever others allow", () => {
    expect(evaluate(policy(allow("*", "*"), deny("s3:*", "arn:aws:s3:::files/*")), get)).toBe("explicitly denied");
    const plain = deny("s3:*", "*", { Condition: { Bool: { "aws:SecureTransport": "false" } } });
    expect(evaluate(policy(allow("*", "*"), plain), { ...get, context: { "aws:SecureTransport": "true" } })).toBe(
      "allowed",
    );
  });

  test("with NotAction or NotResource are about everything else", () => {
    const others = { Effect: "Allow", NotAction: "iam:*", Resource: "*" };
    expect(evaluate(policy(others), get)).toBe("allowed");
    expect(evaluate(policy(others), { ...get, action: "iam:PassRole" })).toBe("not allowed");
    expect(evaluate(policy({ Effect: "Allow", Action: "*", NotResource: "arn:aws:s3:::files/*" }), get)).toBe(
      "not allowed",
    );
  });

  test("allow an action without resources on all resources only", () => {
    const list: IamRequest = { action: "kms:ListAliases", resource: "*", context: {} };
    expect(evaluate(policy(allow("kms:*", "arn:aws:kms:*:*:alias/a")), list)).toBe("not allowed");
    expect(evaluate(policy(allow("kms:ListAliases", "*")), list)).toBe("allowed");
  });
});

describe("policies inside one account", () => {
  const own = policy(allow("s3:GetObject", "*"));
  const bucket = (effect: string, Principal: unknown) =>
    policy({ Effect: effect, Action: "s3:*", Resource: "arn:aws:s3:::files/*", Principal });
  const decide = (set: Parameters<typeof evaluateAll>[0]): Decision => evaluateAll(set, get, caller);

  test("allow by the identity's or by the resource's, and deny by each", () => {
    expect(decide({ identity: own })).toBe("allowed");
    expect(decide({ identity: [], resource: bucket("Allow", { AWS: ROLE }) })).toBe("allowed");
    expect(decide({ identity: [], resource: bucket("Allow", { AWS: `${ROLE}-2` }) })).toBe("not allowed");
    expect(decide({ identity: own, resource: bucket("Deny", "*") })).toBe("explicitly denied");
  });

  test("allow nothing more by a resource's policy that trusts the account's root", () => {
    const root = bucket("Allow", { AWS: "arn:aws:iam::123456789012:root" });
    expect(decide({ identity: [], resource: root })).toBe("not allowed");
    expect(decide({ identity: own, resource: root })).toBe("allowed");
  });

  test("need a key's policy to allow, too: the caller or the account's root", () => {
    const service = bucket("Allow", { Service: "logs.amazonaws.com" });
    expect(decide({ identity: own, resource: service, isKey: true })).toBe("not allowed");
    const root = bucket("Allow", { AWS: "arn:aws:iam::123456789012:root" });
    expect(decide({ identity: own, resource: root, isKey: true })).toBe("allowed");
    expect(decide({ identity: [], resource: bucket("Allow", { AWS: ROLE }), isKey: true })).toBe("allowed");
  });

  test("are limited by the endpoint's policy, which allows nothing by itself", () => {
    const everything = policy(allow("*", "*", { Principal: "*" }));
    expect(decide({ identity: [], endpoint: everything })).toBe("not allowed");
    expect(decide({ identity: own, endpoint: everything })).toBe("allowed");
    const weights = policy(allow("s3:*", "arn:aws:s3:::weights/*", { Principal: "*" }));
    expect(decide({ identity: own, endpoint: weights })).toBe("not allowed");
  });
});

test("a policy element that is not known throws, so that none is silently ignored", () => {
  expect(() => policy({ Effect: "Deny", NotPrincipal: "*", Action: "*", Resource: "*" })).toThrow("NotPrincipal");
});
