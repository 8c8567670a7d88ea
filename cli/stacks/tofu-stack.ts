import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../../settings/environment.ts";
import type { OperatorTools } from "../operator/operator-tools.ts";
import { UserError } from "../terminal/user-error.ts";
import { type PlanSummary, planSummary } from "../tofu/plan-summary.ts";
import { providersLockFailure } from "../tofu/providers-lock-failure.ts";
import { taintedResources } from "../tofu/tainted-resources.ts";
import { printedJson, Tofu, type TofuResult } from "../tofu/tofu.ts";
import { tofuFailure } from "../tofu/tofu-failure.ts";
import { readVariables, variablesAsEnvironment } from "../tofu/tofu-variables.ts";
import { checkTofuVersion } from "../tofu/tofu-version.ts";
import { lockFile, planFile, sha256Of } from "./saved-plans.ts";
import type { DeployStack } from "./stack-order.ts";

/** Folders and variables of an environment's deployments. */
export interface DeployWorkspace {
  readonly environment: Environment;
  /** `.sluice/deploy/<environment>` */
  readonly folder: string;
  /** File of the variables saved for the environment, such as the certificate's ARN. */
  readonly variablesFile: string;
  /** Folder that cdktf writes to. */
  readonly outputFolder: string;
  /** The committed lock of OpenTofu's providers, which every init obeys. @default - any package that the registry offers */
  readonly providersLock?: string;
}

const PLAN_FILE = "sluice.tfplan";
const LOCK_FILE = ".terraform.lock.hcl";

/** Reads the environment and synthesizes it into its own folder, which no other command writes to. */
export async function prepareWorkspace(name: string, tools: OperatorTools): Promise<DeployWorkspace> {
  const environment = await tools.environment(name);
  await checkTofuVersion(tools);
  const folders = deployFolders(name, tools);
  const { providersLock } = tools;
  await tools.synthesize(name, folders.outputFolder).catch((error: unknown) => {
    throw new UserError(error instanceof Error ? error.message : String(error));
  });
  return { environment, ...folders, ...(existsSync(providersLock) ? { providersLock } : {}) };
}

/** Folders and files of an environment's deployments. */
export function deployFolders(
  name: string,
  tools: Pick<OperatorTools, "folder">,
): Omit<DeployWorkspace, "environment" | "providersLock"> {
  const folder = join(tools.folder, name);
  return { folder, outputFolder: join(folder, "cdktf.out"), variablesFile: join(folder, "terraform.tfvars.json") };
}

/** Environment of OpenTofu's processes: the variables saved for the environment, overridden by the operator's. */
export function tofuEnvironment(
  workspace: DeployWorkspace,
  tools: OperatorTools,
): Readonly<Record<string, string | undefined>> {
  // The AWS provider is 700 MB: one copy for all stacks.
  const plugins = join(tools.folder, "plugins");
  mkdirSync(plugins, { recursive: true });
  return {
    TF_PLUGIN_CACHE_DIR: plugins,
    // Without a committed lock, each init writes the stack's lock file again.
    ...(workspace.providersLock === undefined ? { TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: "1" } : {}),
    ...variablesAsEnvironment(readVariables(workspace.variablesFile)),
    ...tools.processEnvironment,
  };
}

/** OpenTofu on one stack; each step explains its failure. */
export class TofuStack {
  readonly stack: DeployStack;
  readonly #tofu: Tofu;
  readonly #workspace: DeployWorkspace;

  constructor(stack: DeployStack, workspace: DeployWorkspace, tools: OperatorTools) {
    this.stack = stack;
    this.#workspace = workspace;
    this.#tofu = new Tofu({
      folder: stack.folder,
      environment: tofuEnvironment(workspace, tools),
      show: (text) => tools.show(text),
    });
  }

  /**
   * Initializes provider and backend, with the backend settings of the stack's current document.
   * @throws {UserError} also when the provider is not the one of the committed lock
   */
  async init(...args: readonly string[]): Promise<void> {
    await this.#init(this.#workspace.providersLock, args);
  }

  /**
   * Writes the lock of the stack's providers anew, with the hashes of their packages for each platform.
   * @param mirror folder of a mirror that is read instead of the registry
   * @returns the lock's file
   */
  async lockProviders(platforms: readonly string[], mirror?: string): Promise<string> {
    const lock = join(this.stack.folder, LOCK_FILE);
    rmSync(lock, { force: true }); // OpenTofu would add to it, and refuse another version
    const options = [...platforms.map((each) => `-platform=${each}`), ...(mirror ? [`-fs-mirror=${mirror}`] : [])];
    await this.#do("providers", ["lock", "-no-color", ...options], true);
    return lock;
  }

  /** Addresses of the resources in the state. */
  async resources(): Promise<readonly string[]> {
    const result = await this.#tofu.run(["state", "list"]);
    if (result.code === 0) return result.stdout.split("\n").filter((line) => line.trim() !== "");
    if (/No state file was found/.test(result.stderr)) return [];
    throw this.#failure("state list", result);
  }

  /** Addresses of resources whose creation was interrupted, and which OpenTofu would therefore replace. */
  async taintedResources(): Promise<readonly string[]> {
    return taintedResources(printedJson(await this.#do("show", ["-json"])));
  }

  /** Removes a resource's taint: the next plan updates the resource instead of replacing it. */
  async untaint(address: string): Promise<void> {
    await this.#do("untaint", ["-no-color", address]);
  }

  /** Plans into a file; `isShown` prints OpenTofu's output for each resource. */
  async plan({ destroys = false, isShown = false } = {}): Promise<PlanSummary> {
    const args = [`-out=${PLAN_FILE}`, ...(destroys ? ["-destroy"] : [])];
    await this.#do("plan", args, isShown);
    return planSummary(printedJson(await this.#do("show", ["-json", PLAN_FILE])));
  }

  /** Applies the file of the last plan. */
  async apply(): Promise<void> {
    await this.#do("apply", ["-no-color", PLAN_FILE], true);
  }

  /** Copies the last plan, and the lock of its providers, into a folder of saved plans. @returns the plan's SHA-256 */
  savePlan(folder: string): string {
    const saved = planFile(folder, this.stack.id);
    copyFileSync(join(this.stack.folder, PLAN_FILE), saved);
    const lock = join(this.stack.folder, LOCK_FILE);
    if (existsSync(lock)) copyFileSync(lock, lockFile(folder, this.stack.id));
    return sha256Of(saved);
  }

  /** Initializes with the very providers of a saved plan. OpenTofu refuses others, by their hashes. */
  async initAsPlanned(folder: string): Promise<void> {
    const lock = lockFile(folder, this.stack.id);
    await this.#init(existsSync(lock) ? lock : this.#workspace.providersLock, []);
  }

  /** Makes a saved plan the one that `apply` applies. */
  takePlan(folder: string): void {
    copyFileSync(planFile(folder, this.stack.id), join(this.stack.folder, PLAN_FILE));
  }

  /** Removes the plan's file, which holds every value in plain text, after it was applied or declined. */
  forgetPlan(): void {
    rmSync(join(this.stack.folder, PLAN_FILE), { force: true });
  }

  async #init(lock: string | undefined, args: readonly string[]): Promise<void> {
    if (lock !== undefined) copyFileSync(lock, join(this.stack.folder, LOCK_FILE));
    const wanted = args.length > 0 ? args : ["-reconfigure"];
    await this.#do("init", lock === undefined ? wanted : [...wanted, "-lockfile=readonly"]);
  }

  async #do(action: string, args: readonly string[], isShown = false): Promise<TofuResult> {
    const input = action === "init" || action === "plan" ? ["-input=false", "-no-color"] : [];
    const result = await this.#tofu.run([action, ...input, ...args], { isShown });
    if (result.code === 0 && !result.isInterrupted) return result;
    throw this.#failure(action, result);
  }

  #failure(action: string, result: TofuResult): UserError {
    const { id, folder } = this.stack;
    const { environment, providersLock } = this.#workspace;
    const step = { stack: id, environment: environment.name, folder, action };
    const isLocked = action === "init" && providersLock !== undefined;
    return (isLocked ? providersLockFailure(step, result) : undefined) ?? tofuFailure(step, result);
  }
}
