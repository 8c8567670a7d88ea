import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../../environments/schema.ts";
import type { OperatorTools } from "../operator/operator-tools.ts";
import { UserError } from "../terminal/user-error.ts";
import { type PlanSummary, planSummary } from "../tofu/plan-summary.ts";
import { halfMade } from "../tofu/tainted-resources.ts";
import { printedJson, Tofu, type TofuResult } from "../tofu/tofu.ts";
import { tofuFailure } from "../tofu/tofu-failure.ts";
import { readVariables, variablesAsEnvironment } from "../tofu/tofu-variables.ts";
import { checkTofuVersion } from "../tofu/tofu-version.ts";
import type { DeployStack } from "./stack-order.ts";

/** Folders and variables of one environment's deployments. */
export interface DeployPlace {
  readonly environment: Environment;
  /** `.sluice/deploy/<environment>` */
  readonly folder: string;
  /** Variables kept for the environment; the certificate's ARN is one. */
  readonly variablesFile: string;
  /** What cdktf writes. */
  readonly outputFolder: string;
}

const PLAN_FILE = "sluice.tfplan";

/** Reads the environment and synthesizes it into a folder of its own, so that nothing else writes there meanwhile. */
export async function preparePlace(name: string, tools: OperatorTools): Promise<DeployPlace> {
  const environment = await tools.environment(name);
  await checkTofuVersion(tools);
  const folders = deployFolders(name, tools);
  await tools.synthesize(name, folders.outputFolder).catch((error: unknown) => {
    throw new UserError(error instanceof Error ? error.message : String(error));
  });
  return { environment, ...folders };
}

/** Where an environment's deployments keep their files. */
export function deployFolders(name: string, tools: Pick<OperatorTools, "folder">): Omit<DeployPlace, "environment"> {
  const folder = join(tools.folder, name);
  return { folder, outputFolder: join(folder, "cdktf.out"), variablesFile: join(folder, "terraform.tfvars.json") };
}

/** What OpenTofu's processes are given: the operator's variables over those kept for the environment. */
export function tofuEnvironment(
  place: DeployPlace,
  tools: OperatorTools,
): Readonly<Record<string, string | undefined>> {
  // The AWS provider is 700 MB: one copy for all stacks.
  const plugins = join(tools.folder, "plugins");
  mkdirSync(plugins, { recursive: true });
  return {
    TF_PLUGIN_CACHE_DIR: plugins,
    TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: "1", // every stack has a lock file of its own, made anew
    ...variablesAsEnvironment(readVariables(place.variablesFile)),
    ...tools.processEnvironment,
  };
}

/** OpenTofu on one stack: each step explains its failure. */
export class StackRun {
  readonly stack: DeployStack;
  readonly #tofu: Tofu;
  readonly #environment: string;

  constructor(stack: DeployStack, place: DeployPlace, tools: OperatorTools) {
    this.stack = stack;
    this.#environment = place.environment.name;
    this.#tofu = new Tofu({
      folder: stack.folder,
      environment: tofuEnvironment(place, tools),
      show: (text) => tools.show(text),
    });
  }

  /** Provider and backend; the backend's settings are taken as they are written now. */
  async init(...args: readonly string[]): Promise<void> {
    await this.#do("init", args.length > 0 ? args : ["-reconfigure"]);
  }

  /** Addresses of what the state holds. */
  async resources(): Promise<readonly string[]> {
    const result = await this.#tofu.run(["state", "list"]);
    if (result.code === 0) return result.stdout.split("\n").filter((line) => line.trim() !== "");
    if (/No state file was found/.test(result.stderr)) return [];
    throw this.#failure("state list", result);
  }

  /** Addresses of what was being made when a deployment was interrupted: OpenTofu means to make it anew. */
  async halfMade(): Promise<readonly string[]> {
    return halfMade(printedJson(await this.#do("show", ["-json"])));
  }

  /** Takes the mark of the half-made off: what is there is kept, and brought to what the stack says. */
  async keep(address: string): Promise<void> {
    await this.#do("untaint", ["-no-color", address]);
  }

  /** Plans into a file; `isShown` prints what OpenTofu says about each resource. */
  async plan({ destroys = false, isShown = false } = {}): Promise<PlanSummary> {
    const args = [`-out=${PLAN_FILE}`, ...(destroys ? ["-destroy"] : [])];
    await this.#do("plan", args, isShown);
    return planSummary(printedJson(await this.#do("show", ["-json", PLAN_FILE])));
  }

  /** Does what was planned, and nothing else. */
  async apply(): Promise<void> {
    await this.#do("apply", ["-no-color", PLAN_FILE], true);
  }

  /** A plan holds every value in plain text: it goes as soon as it is applied or declined. */
  forgetPlan(): void {
    rmSync(join(this.stack.folder, PLAN_FILE), { force: true });
  }

  async #do(action: string, args: readonly string[], isShown = false): Promise<TofuResult> {
    const input = action === "init" || action === "plan" ? ["-input=false", "-no-color"] : [];
    const result = await this.#tofu.run([action, ...input, ...args], { isShown });
    if (result.code === 0 && !result.isInterrupted) return result;
    throw this.#failure(action, result);
  }

  #failure(action: string, result: TofuResult): UserError {
    const { id, folder } = this.stack;
    return tofuFailure({ stack: id, environment: this.#environment, folder, action }, result);
  }
}
