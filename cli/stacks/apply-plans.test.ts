import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { temporaryFolder } from "../../local/test/tools.ts";
import { deployCommand, planCommand } from "../deploy-command.ts";
import { dataStack, type Operator, operator, reading, TOFU_MISSING } from "../test/operator.ts";

beforeEach((context) => {
  if (TOFU_MISSING) context.skip(TOFU_MISSING);
});

/** An environment of network, whose input is a setting, and edge, which reads its output. */
function fixture() {
  const folder = temporaryFolder();
  const settings = { network: "one", edge: "one", commit: "c0ffee" };
  const stacks = () => ({
    network: dataStack(
      folder,
      "network",
      { Vpc: { input: settings.network } },
      { output: { id: { value: `\${terraform_data.Vpc.output}` } } },
    ),
    edge: {
      reads: ["network"],
      ...dataStack(
        folder,
        "edge",
        { Api: { input: `\${data.terraform_remote_state.network.outputs.id} ${settings.edge}` } },
        reading(folder, "network"),
      ),
    },
  });
  const plans = join(folder, "plans");
  const run = async (command: typeof deployCommand, ...args: readonly string[]): Promise<Operator> => {
    const tools = operator({ folder, stacks, commit: () => settings.commit });
    await command(tools).parseAsync(["--environment", "dev", ...args], { from: "user" });
    return tools;
  };
  const save = async () => {
    const { printed } = await run(planCommand, "--save", plans);
    return /--plans-hash ([0-9a-f]{64})$/.exec(printed.at(-1) ?? "")?.[1] ?? "";
  };
  const apply = (hash: string) => run(deployCommand, "--yes", "--plans", plans, "--plans-hash", hash);
  const applied = (stack: string) => readFileSync(join(folder, `${stack}.tfstate`), "utf8");
  return { folder, settings, plans, run, save, apply, applied };
}

describe("saved plans", () => {
  // documented: approved-plan-applied
  test("are applied as they are, whatever the files say by then", async () => {
    const { folder, settings, run, save, apply, applied } = fixture();
    await run(deployCommand, "--yes");
    settings.edge = "approved";
    const hash = await save();
    settings.edge = "changed since";
    const { printed } = await apply(hash);
    expect(printed).toEqual([
      "dev-network: no changes",
      "dev-edge: applied as approved",
      "dev: deployed; nothing is left to change.",
    ]);
    expect(applied("edge")).toContain("one approved");
    expect(existsSync(join(folder, "deploy/dev/cdktf.out/stacks/dev-edge/sluice.tfplan"))).toBe(false);
  });

  test("of another commit are refused", async () => {
    const { settings, save, apply } = fixture();
    const hash = await save();
    settings.commit = "another";
    await expect(apply(hash)).rejects.toThrow(/are of the commit c0ffee, and another is checked out; plan again/);
  });

  test("that differ from the approved ones in one byte are refused, and nothing is applied", async () => {
    const { folder, plans, save, apply } = fixture();
    const hash = await save();
    const plan = join(plans, "dev-network.tfplan");
    const bytes = readFileSync(plan);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(plan, bytes);
    await expect(apply(hash)).rejects.toThrow(/dev-network\.tfplan is not what was approved/);
    expect(existsSync(join(folder, "network.tfstate"))).toBe(false);
  });

  test("with another list than the approved one are refused", async () => {
    const { plans, save, apply } = fixture();
    const hash = await save();
    const list = join(plans, "plans.json");
    writeFileSync(list, readFileSync(list, "utf8").replace("c0ffee", "0ther0"));
    await expect(apply(hash)).rejects.toThrow(/plans\.json is not what was approved/);
  });

  test("are refused by OpenTofu when the state has changed since", async () => {
    const { settings, run, save, apply } = fixture();
    await run(deployCommand, "--yes");
    settings.edge = "approved";
    const hash = await save();
    settings.edge = "by hand";
    await run(deployCommand, "--yes");
    await expect(apply(hash)).rejects.toThrow(/stale/i);
  });

  test("leave a stack whose changes follow from an applied one, until that plan is approved", async () => {
    const { settings, run, save, apply, applied } = fixture();
    await run(deployCommand, "--yes");
    settings.network = "second";
    await expect(apply(await save())).rejects.toThrow(/dev-edge: changes follow from what was applied before/);
    expect(applied("network")).toContain("second");
    expect(applied("edge")).not.toContain("second");
  });

  test("of a first deployment apply what could be planned", async () => {
    const { save, apply, applied } = fixture();
    await expect(apply(await save())).rejects.toThrow(/dev-edge: changes follow/);
    expect(applied("network")).toContain("one");
  });

  test("need their hash, and consent", async () => {
    const { run } = fixture();
    await expect(run(deployCommand, "--yes", "--plans", "plans")).rejects.toThrow(
      /--plans and --plans-hash go together/,
    );
  });

  test("are not written over those of before", async () => {
    const { save } = fixture();
    await save();
    await expect(save()).rejects.toThrow(/has plans already; remove it/);
  });
});
