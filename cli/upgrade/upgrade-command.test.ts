import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../local/test/tools.ts";
import { deployCommand } from "../deploy-command.ts";
import { dataStack, type HandMade, operator, TOFU_MISSING, writeStacks } from "../test/operator.ts";
import { planLosses, type UpgradeTools, upgradeCommand } from "./upgrade-command.ts";

const resources = (resource: object) => ({ document: { resource } });
const keys = { aws_dynamodb_table: { Keys: { hash_key: "id" } } };
const now: HandMade = {
  data: resources(keys),
  edge: resources({ aws_lambda_function: { Authorize: { memory: 128 } } }),
};

/** An operator in a repository with version 0.1.0, and a registry with 0.2.0, which describes other stacks. */
function tools(later: HandMade, { folder = temporaryFolder(), stacks = now, version = "0.1.0" } = {}) {
  const wanted: string[] = [];
  const base = operator({ folder, stacks: () => stacks });
  const all: UpgradeTools = {
    ...base,
    version: version === "" ? undefined : version,
    environmentNames: () => ["dev", "prod"],
    install: async (which) => {
      wanted.push(which);
      return {
        version: "0.2.0",
        synthesize: async (name, outputFolder) => writeStacks(outputFolder, name, later),
      };
    },
  };
  return { ...all, wanted, printed: base.printed, top: folder };
}

const run = (all: UpgradeTools, ...args: readonly string[]) =>
  upgradeCommand(all).parseAsync([...args], { from: "user" });

describe("sluice upgrade", () => {
  test("shows for every environment what the newest version adds, changes and removes, and how to upgrade", async () => {
    const all = tools({
      data: resources(keys),
      edge: resources({ aws_lambda_function: { Authorize: { memory: 256 } }, aws_sqs_queue: { Dead: {} } }),
    });
    await run(all);
    expect(all.wanted).toEqual(["latest"]);
    const lines = (name: string) =>
      [
        `${name}: sluice 0.1.0 → 0.2.0`,
        `  ${name}-data: no changes`,
        `  ${name}-edge: 1 to add, 1 to change`,
        "    add     aws_sqs_queue.Dead",
        "    change  aws_lambda_function.Authorize (memory)",
      ].join("\n");
    expect(all.printed).toEqual([
      lines("dev"),
      lines("prod"),
      "No resource with data is replaced or removed. To upgrade: npm install --save-exact sluice@0.2.0",
    ]);
  });

  test("refuses a version that would replace or remove resources with data, and names each with its stack", async () => {
    const replaced = tools({ ...now, data: resources({ aws_dynamodb_table: { Keys: { hash_key: "other" } } }) });
    await expect(run(replaced, "0.2.0", "--environment", "dev")).rejects.toThrow(
      /0\.2\.0 would lose stored data:\n {2}dev-data: aws_dynamodb_table\.Keys would be replaced, for its hash_key changes\nStay at 0\.1\.0/,
    );
    const { data: _, ...without } = now;
    const removed = tools(without);
    await expect(run(removed)).rejects.toThrow(
      /dev-data: \S+\.Keys would be removed\n {2}prod-data: \S+ would be removed/,
    );
    expect(removed.printed.join("\n")).not.toMatch(/To upgrade/);
  });

  test("leaves nothing behind in the work folder, after a refusal too", async () => {
    const { data: _, ...without } = now;
    const all = tools(without);
    await expect(run(all)).rejects.toThrow(/lose stored data/);
    expect(readdirSync(join(all.top, "upgrade"))).toEqual([]);
  });

  test("is refused in a clone, and for a version that begins with a hyphen", async () => {
    await expect(run(tools(now, { version: "" }))).rejects.toThrow(/clone of Sluice, which git upgrades/);
    await expect(run(tools(now), "--", "-x")).rejects.toThrow(/must not begin with a hyphen, got "-x"/);
  });

  test("--plan lets OpenTofu plan the newer version against the deployed state", async ({ skip }) => {
    if (TOFU_MISSING) return skip(TOFU_MISSING);
    const folder = temporaryFolder();
    const stack = (trigger: string) => ({ data: dataStack(folder, "data", { Keys: { triggers_replace: trigger } }) });
    const all = tools(stack("2"), { folder, stacks: stack("1") });
    await deployCommand(all).parseAsync(["--environment", "dev", "--yes"], { from: "user" });
    await run(all, "--environment", "dev", "--plan");
    expect(all.printed.join("\n")).toMatch(
      /plan of dev-data: 1 to replace\n {2}replace {2}terraform_data\.Keys\nNo resource with data/,
    );
  });
});

test("a plan's losses are the resources with data that it replaces or destroys, and no others", () => {
  const summary = {
    add: ["aws_s3_bucket.New"],
    change: ["aws_kms_key.Key"],
    replace: ["aws_s3_bucket.Files", "aws_lambda_function.Authorize"],
    destroy: ["aws_dynamodb_table.Keys", "aws_sqs_queue.Dead"],
    outputs: [],
  };
  expect(planLosses("dev-data", summary)).toEqual([
    "dev-data: aws_s3_bucket.Files would be replaced, by the plan",
    "dev-data: aws_dynamodb_table.Keys would be destroyed, by the plan",
  ]);
});
