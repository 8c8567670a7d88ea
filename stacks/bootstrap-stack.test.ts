import { describe, expect, test } from "vitest";
import { allowsAction, DEPLOY_ACTIONS } from "../constructs/state/deploy-actions.ts";
import { loadEnvironment } from "../environments/load.ts";
import type { Environment } from "../settings/environment.ts";
import { only, resources, statements, typeCounts } from "../test-support/synth.ts";
import { environmentSynth } from "./test/environment-synth.ts";

const synth = environmentSynth();
const dev = await loadEnvironment("dev");
const bootstrapOf = (changes: Partial<Environment> = {}) => synth({ ...dev, ...changes })["dev-bootstrap"];
/** Another environment of the account owns API Gateway's log role. */
const LOGS_ELSEWHERE = { api: { ...dev.api, accountLogRole: "existing" as const } };
const ci: Environment["ci"] = {
  repository: "owner/name",
  branches: [],
  environments: ["dev"],
  oidcProvider: "create",
};

describe("the bootstrap stack", () => {
  test("creates the bucket, table and key that every backend of the environment names", () => {
    const stacks = synth(dev);
    const bucket = only(stacks["dev-bootstrap"], "aws_s3_bucket").bucket;
    const table = only(stacks["dev-bootstrap"], "aws_dynamodb_table").name;
    const alias = only(stacks["dev-bootstrap"], "aws_kms_alias").name;
    for (const stack of Object.values(stacks))
      expect(stack.terraform?.backend.s3).toMatchObject({ bucket, dynamodb_table: table, kms_key_id: alias });
  });

  // documented: api-log-role-once
  test("creates the account's role for API Gateway's logs, unless another environment owns it", () => {
    const [owner, other] = [bootstrapOf(), bootstrapOf(LOGS_ELSEWHERE)];
    expect(only(owner, "aws_iam_role").name).toBe("sluice-dev-api-logs");
    expect(typeCounts(owner).aws_api_gateway_account).toBe(1);
    expect(typeCounts(other)).not.toHaveProperty("aws_api_gateway_account");
    expect(typeCounts(synth(dev)["dev-edge"])).not.toHaveProperty("aws_api_gateway_account");
  });

  test("without CI there is neither role nor provider", () => {
    const types = Object.keys(typeCounts(bootstrapOf(LOGS_ELSEWHERE)));
    expect(types.filter((type) => type.startsWith("aws_iam"))).toEqual([]);
    expect(Object.keys(bootstrapOf()?.output ?? {}).sort()).toEqual(["lock_table", "state_bucket"]);
  });

  test("with CI it creates the role, which may use the environment's states, and an output with its ARN", () => {
    const stack = bootstrapOf({ ci, ...LOGS_ELSEWHERE });
    expect(only(stack, "aws_iam_role").name).toBe("sluice-dev-ci");
    const policies = Object.values(resources(stack, "aws_iam_role_policy"));
    expect(policies.map(({ name }) => name).sort()).toEqual(["deploy", "state"]);
    expect(stack?.output).toHaveProperty("ci_role_arn");
  });
});

/** What the account has once, which an operator creates with the bootstrap stack. */
const OF_THE_ACCOUNT = ["aws_api_gateway_account", "aws_iam_role_policy_attachment"];

test("CI's role has permissions for every service whose resources the stacks have", () => {
  const stacks = synth({ ...dev, ci });
  const types = new Set(Object.values(stacks).flatMap((stack) => Object.keys(typeCounts(stack))));
  // CI's own identity, which an operator creates
  for (const type of ["aws_iam_openid_connect_provider", "aws_iam_policy", ...OF_THE_ACCOUNT]) types.delete(type);
  const allowed: readonly string[] = ["aws_iam_role_policy", "aws_iam_policy"]
    .flatMap((type) => Object.values(resources(stacks["dev-bootstrap"], type)))
    .flatMap(({ policy }) => statements(policy))
    .filter(({ Effect }) => Effect === "Allow")
    .flatMap(({ Action }) => Action);
  // A type has no actions in the table: add them to constructs/state/deploy-actions.ts.
  expect([...types].filter((type) => DEPLOY_ACTIONS[type] === undefined)).toEqual([]);
  const needed = new Set([...types].flatMap((type) => DEPLOY_ACTIONS[type] ?? []));
  // An action is not allowed: grant it in constructs/state/deploy-permissions.ts.
  expect([...needed].filter((action) => !allowed.some((pattern) => allowsAction(pattern, action)))).toEqual([]);
});

describe("state encryption", () => {
  test("by default S3 encrypts and OpenTofu writes plain text", () => {
    for (const stack of Object.values(synth({ ...dev, state: { ...dev.state, encryption: "none" } })))
      expect(stack.terraform).not.toHaveProperty("encryption");
  });

  test("kms: every stack encrypts states and plans, and reads the others' with the same key", () => {
    for (const stack of Object.values(synth({ ...dev, state: { ...dev.state, encryption: "kms" } })))
      expect(stack.terraform?.encryption).toEqual({
        key_provider: {
          aws_kms: { state: { kms_key_id: "alias/sluice-dev-state", region: "us-east-1", key_spec: "AES_256" } },
        },
        method: { aes_gcm: { state: { keys: `\${key_provider.aws_kms.state}` } } },
        state: { method: "method.aes_gcm.state" },
        plan: { method: "method.aes_gcm.state" },
        remote_state_data_sources: { default: { method: "method.aes_gcm.state" } },
      });
  });
});
