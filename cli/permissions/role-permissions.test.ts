import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { loadEnvironment } from "../../environments/load.ts";
import { synthesizeAll } from "../../stacks/synthesize.ts";
import { builtAssets } from "../../test-support/built-assets.ts";
import { type Block, resources, type SynthesizedStack } from "../../test-support/synth.ts";
import { stacksInOrder } from "../stacks/stack-order.ts";
import { permissionsText } from "./permissions-text.ts";
import { rolePermissions } from "./role-permissions.ts";

const assets = builtAssets();
afterAll(() => assets.remove());

const list = (value: string | readonly string[]): readonly string[] => [value].flat();

/** A statement in one form: policies may have one value instead of a list. */
function normal(sid: string, effect: string, actions: unknown, on: unknown, conditions: unknown): string {
  return JSON.stringify([sid, effect, actions, on, conditions]);
}

/** Statements of the synthesized policies, with references such as `${aws_dynamodb_table.Keys.arn}`. */
function synthesizedStatements(stacks: readonly SynthesizedStack[]): readonly string[] {
  const policies = stacks.flatMap((stack) =>
    ["aws_iam_role_policy", "aws_iam_policy"].flatMap((type) => Object.values(resources(stack, type))),
  );
  return policies.flatMap(({ policy }) =>
    JSON.parse(String(policy)).Statement.map(({ Sid, Effect, Action, Resource, Condition = {} }: Block) =>
      normal(Sid, Effect, list(Action), list(Resource), listsIn(Condition)),
    ),
  );
}

function listsIn(conditions: Block): object {
  const lists = (keys: Block) => Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, list(value)]));
  return Object.fromEntries(Object.entries(conditions).map(([operator, keys]) => [operator, lists(keys)]));
}

/** Whether a text is another one in which every reference has a value. */
function hasValuesIn(synthesized: string, applied: string): boolean {
  const literals = synthesized.split(/\$\{[^}]+\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${literals.join('[^"]+')}$`).test(applied);
}

describe.each(["dev", "prod", "acceptance/environments/everything.ts"])("the permissions of %s", (file) => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-permissions-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const ready = loadEnvironment(file).then((environment) => {
    synthesizeAll(folder, [environment], assets);
    const stacks = stacksInOrder(folder, environment.name).map(
      (stack): SynthesizedStack => JSON.parse(readFileSync(join(stack.folder, "cdk.tf.json"), "utf8")),
    );
    return { stacks, roles: rolePermissions(folder, environment.name) };
  });

  // documented: permission-table
  test("are the statements of the synthesized policies, one by one", async () => {
    const { stacks, roles } = await ready;
    const policies = synthesizedStatements(stacks);
    const table = roles.flatMap(({ statements }) =>
      statements.map(({ sid, effect, actions, resources: on, conditions }) =>
        normal(sid, effect, actions, on, conditions),
      ),
    );
    expect(policies.length).toBeGreaterThan(20);
    expect(table.length).toBe(policies.length);
    expect(table.filter((row) => !policies.some((statement) => hasValuesIn(statement, row)))).toEqual([]);
    expect(policies.filter((statement) => !table.some((row) => hasValuesIn(statement, row)))).toEqual([]);
  });

  test("have every role of the stacks, and each with a purpose for everything that it may do", async () => {
    const { stacks, roles } = await ready;
    const count = stacks.reduce((sum, stack) => sum + Object.keys(resources(stack, "aws_iam_role")).length, 0);
    expect(new Set(roles.map(({ role }) => role)).size).toBe(count);
    for (const { role, assumedBy, statements, managedPolicies } of roles) {
      expect(assumedBy, role).not.toEqual([]);
      expect(statements.length + managedPolicies.length, role).toBeGreaterThan(0);
      for (const { sid, purpose } of statements) expect(purpose, `${role}: ${sid}`).toMatch(/^[A-Z].*\.$/);
      for (const { arn, purpose } of managedPolicies) expect(purpose, `${role}: ${arn}`).toMatch(/^[A-Z].*\.$/);
    }
  });

  test("are printed whole, without a reference of OpenTofu", async () => {
    const { roles } = await ready;
    const text = permissionsText(roles);
    expect(text).not.toMatch(/\$\{/);
    for (const { role, statements } of roles) {
      expect(text).toContain(`${role} (stack `);
      for (const { purpose, actions, resources: arns, conditions } of statements) {
        const values = Object.values(conditions).flatMap((keys) => Object.values(keys).flat());
        for (const part of [purpose, ...actions, ...arns, ...values]) expect(text).toContain(part);
      }
    }
  });
});
