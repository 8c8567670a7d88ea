import { describe, expect, test } from "vitest";
import { evaluate } from "../domain/iam/evaluate.ts";
import { parsePolicy } from "../domain/iam/policy.ts";
import { validateEnvironment } from "../environments/validate.ts";
import type { Environment } from "../settings/environment.ts";
import { resources } from "../test-support/synth.ts";
import { environmentSynth } from "./test/environment-synth.ts";
import { environmentVariants } from "./test/environment-variants.ts";

const synth = environmentSynth();
const variants = await environmentVariants();
const ACCOUNT = "123456789012";
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/team-boundary`;
const iam = {
  permissionsBoundary: BOUNDARY,
  rolePath: "/applications/llm/",
  roleNamePrefix: "team-",
  assumeRole: { arn: `arn:aws:iam::${ACCOUNT}:role/deploy/sluice`, externalId: "sluice" },
};
const withIam = (environment: Environment): Environment =>
  validateEnvironment({ ...environment, account: ACCOUNT, iam }, "environments/dev.ts");

describe.each(Object.entries(variants))("%s with an organisation's demands on its roles", (_, environment) => {
  const before = synth(validateEnvironment({ ...environment }, "environments/dev.ts"));
  const stacks = synth(withIam(environment));

  // documented: organisation-roles
  test("has the boundary, the path and the start of the name at every role of every stack", () => {
    const roles = Object.values(stacks).flatMap((stack) => Object.values(resources(stack, "aws_iam_role")));
    expect(roles.length).toBeGreaterThan(4);
    for (const role of roles) {
      expect(role, role.name).toMatchObject({ permissions_boundary: BOUNDARY, path: "/applications/llm/" });
      expect(role.name).toMatch(/^team-sluice-/);
      expect(role.name.length).toBeLessThanOrEqual(64);
    }
  });

  test("assumes the role for the resources, the states and the states of other stacks in every stack", () => {
    for (const [id, stack] of Object.entries(stacks)) {
      const session = {
        role_arn: iam.assumeRole.arn,
        external_id: "sluice",
        session_name: `sluice-${environment.name}`,
      };
      const { provider, terraform, data = {} } = JSON.parse(JSON.stringify(stack));
      expect(provider.aws[0].assume_role, id).toEqual([session]);
      expect(terraform.backend.s3.assume_role, id).toEqual(session);
      for (const [name, state] of Object.entries<{ config: object }>(data.terraform_remote_state ?? {}))
        expect(state.config, name).toMatchObject({ assume_role: session });
    }
  });

  test("changes nothing else but the deploying role's own permissions", () => {
    for (const [id, stack] of Object.entries(stacks)) {
      const plain = JSON.parse(JSON.stringify(before[id] ?? {}));
      const changed = JSON.parse(JSON.stringify(stack));
      for (const each of [plain, changed]) {
        delete each.provider;
        delete each.terraform;
        delete each.data?.terraform_remote_state;
        for (const role of Object.values<Record<string, unknown>>(each.resource?.aws_iam_role ?? {}))
          for (const field of ["name", "path", "permissions_boundary"]) delete role[field];
        if (id.endsWith("-bootstrap")) delete each.resource?.aws_iam_role_policy;
      }
      expect(changed, id).toEqual(plain);
    }
  });
});

describe("the role that deploys from CI", () => {
  const ci = variants["dev with CI"];
  if (ci === undefined) throw new Error("there is no variant with CI");
  const policies = resources(synth(withIam(ci))["dev-bootstrap"], "aws_iam_role_policy");
  const statements = Object.values(policies).flatMap(({ policy }) => parsePolicy(policy));
  const decide = (action: string, name: string, context: Readonly<Record<string, string>> = {}) =>
    evaluate(statements, { action, resource: `arn:aws:iam::${ACCOUNT}:role${name}`, context });
  const gateway = "/applications/llm/team-sluice-dev-gateway";

  test("creates no role, and gives it no permission, without the boundary", () => {
    for (const action of ["iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"]) {
      expect(decide(action, gateway, { "iam:PermissionsBoundary": BOUNDARY })).toBe("allowed");
      expect(decide(action, gateway)).toBe("not allowed");
      expect(
        decide(action, gateway, { "iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess" }),
      ).toBe("not allowed");
    }
    expect(decide("iam:DeleteRolePermissionsBoundary", gateway)).toBe("not allowed");
  });

  test("is limited to roles below the path, and can't change itself", () => {
    expect(decide("iam:GetRole", gateway)).toBe("allowed");
    expect(decide("iam:PassRole", gateway, { "iam:PassedToService": "ec2.amazonaws.com" })).toBe("allowed");
    expect(decide("iam:GetRole", "/sluice-dev-gateway")).toBe("not allowed");
    expect(decide("iam:GetRole", "/applications/llm/team-sluice-dev-ci")).toBe("explicitly denied");
  });
});

test("with encrypted states the key is used as the assumed role too", () => {
  const { dev } = variants;
  if (dev === undefined) throw new Error("there is no dev");
  const encrypted = withIam({ ...dev, state: { ...dev.state, encryption: "kms" } });
  for (const stack of Object.values(synth(encrypted))) {
    const { terraform } = JSON.parse(JSON.stringify(stack));
    expect(terraform.encryption.key_provider.aws_kms.state.assume_role).toEqual({
      role_arn: iam.assumeRole.arn,
      session_name: "sluice-dev",
      external_id: "sluice",
    });
  }
});

test.each([
  [{ permissionsBoundary: "team-boundary" }, /iam\.permissionsBoundary: must be a policy's ARN/],
  [{ rolePath: "applications" }, /iam\.rolePath: must begin and end with \//],
  [{ roleNamePrefix: "a team-" }, /iam\.roleNamePrefix: must be at most 16 of letters/],
  [{ assumeRole: { arn: "arn:aws:iam::1:role/x", externalId: null } }, /iam\.assumeRole\.arn: must be a role's ARN/],
  [
    { permissionsBoundary: "arn:aws:iam::999999999999:policy/x" },
    /iam\.permissionsBoundary: must be of the environment's account 123456789012, got "arn:aws:iam::999999999999:policy\/x"/,
  ],
])("%j is refused", (changed, problem) => {
  const data = { ...variants.dev, account: ACCOUNT, iam: { ...iam, ...changed } };
  expect(() => validateEnvironment(data, "environments/dev.ts")).toThrow(problem);
});
