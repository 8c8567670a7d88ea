import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import type { OperatorTools } from "../operator/operator-tools.ts";
import { type DeployStack, stacksInOrder } from "../stacks/stack-order.ts";
import { deployFolders, TofuStack } from "../stacks/tofu-stack.ts";
import { UserError } from "../terminal/user-error.ts";
import { type PlanSummary, summaryLines } from "../tofu/plan-summary.ts";
import { NotYetDeployedError } from "../tofu/tofu-failure.ts";
import { checkTofuVersion } from "../tofu/tofu-version.ts";
import { compareStacks, hasData, type StackChanges } from "./compare-stacks.ts";
import { readStack } from "./read-stack.ts";

/** Another version of the package, installed beside the repository's own. */
export interface OtherVersion {
  /** e.g. `0.2.0` */
  readonly version: string;
  /** Writes the environment's stacks as this version describes them. */
  synthesize(environment: string, outputFolder: string): Promise<void>;
}

/** What `upgrade` needs of process and project; tests replace it. */
export interface UpgradeTools extends OperatorTools {
  /** The installed version; `undefined` in a clone, which has none. */
  readonly version: string | undefined;
  environmentNames(): readonly string[];
  /**
   * Installs a version into a folder of its own.
   * @param wanted version or tag of the registry, or the path of a tarball
   * @throws {UserError} when npm can't install it
   */
  install(wanted: string, folder: string): Promise<OtherVersion>;
}

interface UpgradeOptions {
  readonly environment: readonly string[];
  readonly plan?: true;
}

/** Stacks of one environment before and after, and what is lost with the upgrade. */
interface EnvironmentUpgrade {
  readonly lines: readonly string[];
  readonly losses: readonly string[];
}

const collect = (value: string, all: readonly string[]) => [...all, value];

/** `sluice upgrade`: shows a newer version's changes, and refuses one that would lose stored data. */
export function upgradeCommand(tools: UpgradeTools): Command {
  return new Command("upgrade")
    .description("show what a newer version of sluice would change, and refuse it where stored data would be lost")
    .argument("[version]", "version or tag of the registry, or the path of a tarball", "latest")
    .option("--environment <name>", "only this environment; may be repeated", collect, [])
    .option("--plan", "also let OpenTofu plan against the deployed state; needs AWS credentials")
    .action((version: string, options: UpgradeOptions) => upgrade(version, options, tools));
}

async function upgrade(wanted: string, options: UpgradeOptions, tools: UpgradeTools): Promise<void> {
  if (tools.version === undefined)
    throw new UserError(
      "This is a clone of Sluice, which git upgrades; sluice upgrade is for repositories with the package.",
    );
  if (wanted.startsWith("-")) throw new UserError(`The version must not begin with a hyphen, got "${wanted}".`);
  if (options.plan) await checkTofuVersion(tools);
  const parent = join(tools.folder, "..", "upgrade");
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, "version-"));
  try {
    tools.show(`sluice: installing sluice ${wanted} beside the repository's own …\n`);
    const other = await tools.install(wanted, join(folder, "package"));
    const losses: string[] = [];
    for (const name of options.environment.length > 0 ? options.environment : tools.environmentNames()) {
      const upgraded = await upgradeOf(name, { other, folder, planned: options.plan === true }, tools);
      tools.print([`${name}: sluice ${tools.version} → ${other.version}`, ...upgraded.lines].join("\n"));
      losses.push(...upgraded.losses);
    }
    if (losses.length > 0)
      throw new UserError(
        `sluice ${other.version} would lose stored data:\n${losses.map((loss) => `  ${loss}`).join("\n")}\n` +
          `Stay at ${tools.version}; the release notes say how the data is moved first.`,
      );
    tools.print(
      `No resource with data is replaced or removed. To upgrade: npm install --save-exact sluice@${other.version}`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface UpgradeRun {
  readonly other: OtherVersion;
  /** Temporary, for the stacks of both versions. */
  readonly folder: string;
  readonly planned: boolean;
}

async function upgradeOf(
  name: string,
  { other, folder, planned }: UpgradeRun,
  tools: UpgradeTools,
): Promise<EnvironmentUpgrade> {
  await tools.environment(name);
  const before = join(folder, name, "before");
  const after = join(folder, name, "after");
  await synthesized(tools.synthesize(name, before));
  await synthesized(other.synthesize(name, after));
  const old = stacksInOrder(before, name);
  const now = stacksInOrder(after, name);
  const ids = [...new Set([...old, ...now].map(({ id }) => id))];
  const compared = ids.map((id) => {
    const [was, is] = [old, now].map((stacks) => stacks.find((stack) => stack.id === id));
    return { id, changes: compareStacks(readStack(was), readStack(is)) };
  });
  const plans = planned ? await plansOf(name, now, after, tools) : { lines: [], losses: [] };
  return {
    lines: [...compared.flatMap(({ id, changes }) => changeLines(id, changes)), ...plans.lines],
    losses: [...compared.flatMap(({ id, changes }) => changes.losses.map((loss) => `${id}: ${loss}`)), ...plans.losses],
  };
}

function changeLines(id: string, { add, change, remove }: StackChanges): readonly string[] {
  if (add.length + change.length + remove.length === 0) return [`  ${id}: no changes`];
  const counts = (
    [
      [add, "to add"],
      [change, "to change"],
      [remove, "to remove"],
    ] as const
  ).filter(([{ length }]) => length > 0);
  return [
    `  ${id}: ${counts.map(([{ length }, what]) => `${length} ${what}`).join(", ")}`,
    ...add.map((address) => `    add     ${address}`),
    ...change.map(({ address, arguments: changed }) => `    change  ${address} (${changed.join(", ")})`),
    ...remove.map((address) => `    remove  ${address}`),
  ];
}

/** OpenTofu's plans of the other version's stacks against the deployed state. */
async function plansOf(
  name: string,
  stacks: readonly DeployStack[],
  outputFolder: string,
  tools: UpgradeTools,
): Promise<EnvironmentUpgrade> {
  const environment = await tools.environment(name);
  const { folder, variablesFile } = deployFolders(name, tools);
  const workspace = { environment, folder, variablesFile, outputFolder };
  const lines: string[] = [];
  const losses: string[] = [];
  for (const stack of stacks) {
    const run = new TofuStack(stack, workspace, tools);
    try {
      await run.init();
      const summary = await run.plan();
      lines.push(...summaryLines(`  plan of ${stack.id}`, summary));
      losses.push(...planLosses(stack.id, summary));
    } catch (error) {
      if (!(error instanceof NotYetDeployedError)) throw error;
      lines.push(`  plan of ${stack.id}: not deployed yet`);
    } finally {
      if (existsSync(stack.folder)) run.forgetPlan();
    }
  }
  return { lines, losses };
}

/** A clause for each resource with data that a plan replaces or destroys. */
export function planLosses(stack: string, { replace, destroy }: PlanSummary): readonly string[] {
  return [
    ...replace.filter(hasData).map((address) => `${stack}: ${address} would be replaced, by the plan`),
    ...destroy.filter(hasData).map((address) => `${stack}: ${address} would be destroyed, by the plan`),
  ];
}

async function synthesized(synthesis: Promise<void>): Promise<void> {
  await synthesis.catch((error: unknown) => {
    throw new UserError(error instanceof Error ? error.message : String(error));
  });
}
