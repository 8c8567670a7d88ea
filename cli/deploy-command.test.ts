import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { loadEnvironment } from "../environments/load.ts";
import { temporaryFolder } from "../local/test/tools.ts";
import { deployCommand, destroyCommand, planCommand } from "./deploy-command.ts";
import type { OperatorTools } from "./operator/operator-tools.ts";
import { dataStack, type HandMade, type OperatorProps, operator, reading, TOFU_MISSING } from "./test/operator.ts";

beforeEach((context) => {
  if (TOFU_MISSING) context.skip(TOFU_MISSING);
});

const run = (command: typeof deployCommand, tools: OperatorTools, ...args: readonly string[]) =>
  command(tools).parseAsync(["--environment", "dev", ...args], { from: "user" });

/** network and data, which edge reads; the trigger's change replaces network's resource. */
const threeStacks = (folder: string, trigger: string): HandMade => ({
  edge: {
    reads: ["network", "data"],
    ...dataStack(
      folder,
      "edge",
      { Api: { input: `\${data.terraform_remote_state.network.outputs.id}` } },
      reading(folder, "network"),
    ),
  },
  network: dataStack(
    folder,
    "network",
    { Vpc: { input: "vpc", triggers_replace: trigger } },
    { output: { id: { value: `\${terraform_data.Vpc.output}` } } },
  ),
  data: dataStack(folder, "data", { Keys: { input: "keys" } }),
});

function fixture(props: Partial<OperatorProps> = {}) {
  const folder = temporaryFolder();
  const settings = { trigger: "1" };
  const tools = (more: Partial<OperatorProps> = {}) =>
    operator({ folder, stacks: () => threeStacks(folder, settings.trigger), ...props, ...more });
  const resources = (stack: string): readonly { type: string; name: string }[] =>
    JSON.parse(readFileSync(join(folder, `${stack}.tfstate`), "utf8")).resources;
  return { folder, settings, tools, resources };
}

describe("sluice deploy", () => {
  test("and sluice plan refuse the local stack's issuer, which does not exist on AWS", async () => {
    const { tools } = fixture();
    const dev = await loadEnvironment("dev");
    const identity = { workloads: [], people: { issuer: "local", clientId: "sluice" }, userPool: null };
    const refusing = { ...tools(), environment: async () => ({ ...dev, identity }) };
    const rule = /identity\.people\.issuer of dev must be an OpenID provider's address to be deployed, got "local"/;
    await expect(run(deployCommand, refusing, "--yes")).rejects.toThrow(rule);
    await expect(run(planCommand, refusing)).rejects.toThrow(rule);
  });

  test("applies every stack after those it reads, and a second call changes nothing", async () => {
    const { tools, resources } = fixture();
    const first = tools();
    await run(deployCommand, first, "--yes");
    expect(first.printed).toEqual([
      "dev-data: 1 to add",
      "dev-network: 1 to add",
      "dev-edge: 1 to add",
      "dev: deployed; nothing is left to change.",
    ]);
    expect(resources("edge")).toHaveLength(2);
    const second = tools();
    await run(deployCommand, second, "--yes");
    expect(second.printed.slice(0, 3)).toEqual(
      ["dev-data", "dev-network", "dev-edge"].map((id) => `${id}: no changes`),
    );
  });

  test("names the resources to replace before the prompt for consent, and changes nothing after a no", async () => {
    const { folder, settings, tools } = fixture();
    await run(deployCommand, tools(), "--yes");
    settings.trigger = "2";
    const before = readFileSync(join(folder, "network.tfstate"), "utf8");
    const prompted = tools({ replies: ["no"] });
    await expect(run(deployCommand, prompted)).rejects.toThrow("Declined: nothing more was changed.");
    expect(prompted.printed.at(-1)).toBe("dev-network: 1 to replace\n  replace  terraform_data.Vpc");
    expect(prompted.prompts).toEqual(["Apply this to dev-network? [yes/no] "]);
    expect(readFileSync(join(folder, "network.tfstate"), "utf8")).toBe(before);
  });

  test("stores no plan, which would hold every value in plain text", async () => {
    const { folder, tools } = fixture();
    await run(deployCommand, tools(), "--yes");
    await expect(run(deployCommand, tools({ replies: [] }), "--stack", "nope")).rejects.toThrow(
      /no stack nope; known are/,
    );
    const files = readdirSync(join(folder, "deploy"), { recursive: true, encoding: "utf8" });
    expect(files.filter((file) => file.endsWith(".tfplan"))).toEqual([]);
  });

  test("without a terminal it continues only with --yes", async () => {
    const { folder, tools } = fixture();
    await expect(run(deployCommand, tools())).rejects.toThrow(/not a terminal, .*; add --yes/);
    expect(existsSync(join(folder, "deploy"))).toBe(false);
  });

  test("with --stack deploys only that stack, by name or id", async () => {
    const { tools, resources } = fixture();
    const prompted = tools();
    await run(deployCommand, prompted, "--yes", "--stack", "dev-network");
    expect(prompted.printed).toEqual(["dev-network: 1 to add", "dev-network: deployed; nothing is left to change."]);
    expect(resources("network")).toHaveLength(1);
    expect(() => resources("data")).toThrow();
  });

  test("shows the price before the first prompt", async () => {
    const { tools } = fixture();
    const priced = { ...tools({ replies: ["no"] }), priceLines: () => ["about 60 dollars a month"] };
    await expect(run(deployCommand, priced)).rejects.toThrow(/Declined/);
    expect(priced.printed[0]).toBe("about 60 dollars a month");
  });

  test("reads variables from the environment's file, which TF_VAR_ variables override", async () => {
    const folder = temporaryFolder();
    const stacks = () => ({
      data: dataStack(
        folder,
        "data",
        { Keys: { input: `\${var.stored}/\${var.set}` } },
        { variable: { stored: { type: "string" }, set: { type: "number" } } },
      ),
    });
    const tools = operator({ folder, stacks, environment: { TF_VAR_set: "2" } });
    await tools.synthesize("dev", join(folder, "deploy/dev/cdktf.out"));
    writeFileSync(
      join(folder, "deploy/dev/terraform.tfvars.json"),
      JSON.stringify({ stored: "a", set: 1, other: true }),
    );
    await run(deployCommand, tools, "--yes");
    expect(readFileSync(join(folder, "data.tfstate"), "utf8")).toContain('"a/2"');
  });

  test("a resource that can't be created ends the deployment with OpenTofu's error, before the stacks that follow", async () => {
    const folder = temporaryFolder();
    const failing = { Vpc: { provisioner: { "local-exec": { command: "echo the zone is full >&2; exit 3" } } } };
    const stacks = () => ({ a: dataStack(folder, "a", failing), b: { reads: ["a"], ...dataStack(folder, "b", {}) } });
    const tools = operator({ folder, stacks });
    await expect(run(deployCommand, tools, "--yes")).rejects.toThrow(
      /dev-a: tofu apply ended with exit code 1:\n.*the zone is full/s,
    );
    expect(tools.printed).toEqual(["dev-a: 1 to add"]);
  });
});

describe("sluice plan", () => {
  test("before the first deployment it names the stacks that can't be planned yet", async () => {
    const { tools } = fixture();
    const prompted = tools();
    await run(planCommand, prompted, "--detailed-exitcode");
    expect(prompted.printed).toEqual([
      "dev-data: 1 to add\ndev-network: 1 to add\n" +
        "dev-edge: can't be planned before the stacks that it reads are deployed",
    ]);
    expect(prompted.exitCodes).toEqual([2]);
  });

  test("with --detailed-exitcode 0 means that nothing would change", async () => {
    const { settings, tools } = fixture();
    await run(deployCommand, tools(), "--yes");
    const clean = tools();
    await run(planCommand, clean, "--detailed-exitcode");
    expect(clean.exitCodes).toEqual([]);
    settings.trigger = "2";
    const changed = tools();
    await run(planCommand, changed);
    expect(changed.exitCodes).toEqual([]);
    expect(changed.printed[0]).toContain("dev-network: 1 to replace");
  });
});

describe("sluice destroy", () => {
  test("without a terminal it destroys nothing before every stack with data is confirmed", async () => {
    const { tools, resources } = fixture();
    await run(deployCommand, tools(), "--yes");
    await expect(run(destroyCommand, tools(), "--yes")).rejects.toThrow(
      /dev-data holds data that can't be restored; to destroy it, add --confirm dev-data/,
    );
    expect(resources("edge")).toHaveLength(2);
  });

  test("destroys the stacks in the reverse order, and leaves nothing", async () => {
    const { tools, resources } = fixture();
    await run(deployCommand, tools(), "--yes");
    const prompted = tools();
    await run(destroyCommand, prompted, "--yes", "--confirm", "dev-data");
    expect(prompted.printed).toEqual([
      "dev-edge: 1 to destroy\n  destroy  terraform_data.Api",
      "dev-network: 1 to destroy\n  destroy  terraform_data.Vpc",
      "dev-data: 1 to destroy\n  destroy  terraform_data.Keys",
      "dev-edge, dev-network, dev-data: destroyed.",
    ]);
    for (const stack of ["edge", "network", "data"]) expect(resources(stack)).toEqual([]);
  });

  test("at a terminal the stack's name has to be typed", async () => {
    const { tools, resources } = fixture();
    await run(deployCommand, tools(), "--yes", "--stack", "data");
    const mistyped = tools({ replies: ["yes"] });
    await expect(run(destroyCommand, mistyped, "--stack", "data")).rejects.toThrow(
      /must be dev-data, got "[^"]*": nothing more was/,
    );
    expect(resources("data")).toHaveLength(1);
    await run(destroyCommand, tools({ replies: ["dev-data"] }), "--stack", "data");
    expect(resources("data")).toEqual([]);
  });

  test("a protected resource stays, and the error names the setting that protects it", async () => {
    const folder = temporaryFolder();
    const protectedKeys = { Keys: { input: "keys", lifecycle: { prevent_destroy: true } } };
    const tools = () => operator({ folder, stacks: () => ({ data: dataStack(folder, "data", protectedKeys) }) });
    await run(deployCommand, tools(), "--yes");
    await expect(run(destroyCommand, tools(), "--yes", "--confirm", "dev-data")).rejects.toThrow(
      /dev-data: terraform_data\.Keys is protected\. .*set deletionProtection to false in environments\/dev\.ts/,
    );
  });
});
