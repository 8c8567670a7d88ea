import type { OperatorTools } from "../operator/operator-tools.ts";
import { UserError } from "../terminal/user-error.ts";
import { hasChanges } from "../tofu/plan-summary.ts";
import { NotYetDeployedError } from "../tofu/tofu-failure.ts";
import { readPlans } from "./saved-plans.ts";
import type { DeployStack } from "./stack-order.ts";
import { type DeployWorkspace, TofuStack } from "./tofu-stack.ts";

export interface ApprovedPlans {
  /** Folder that `sluice plan --save` wrote. */
  readonly folder: string;
  /** SHA-256 of its list, from where nobody can change it together with the folder. */
  readonly hash: string;
}

/**
 * Applies saved plans, each as it is. A stack that reads outputs which such a plan changed was planned with the old ones: it
 * is planned anew, and left as it is when that finds changes, since nobody has approved them.
 * @throws {UserError} when the plans differ from the approved ones, and at the end when stacks were left
 */
export async function applyPlans(
  approved: ApprovedPlans,
  stacks: readonly DeployStack[],
  workspace: DeployWorkspace,
  tools: OperatorTools,
): Promise<void> {
  const environment = workspace.environment.name;
  const { folder, hash } = approved;
  const plans = readPlans(folder, { environment, commit: await tools.commit(), hash });
  const changed = new Set<string>();
  const left: string[] = [];
  for (const stack of stacks) {
    const planned = plans.stacks.find(({ id }) => id === stack.id);
    const isOutdated = planned === undefined || stack.reads.some((id) => changed.has(id) || left.includes(id));
    if (!isOutdated && !planned.hasChanges) {
      tools.print(`${stack.id}: no changes`);
      continue;
    }
    const run = new TofuStack(stack, workspace, tools);
    await run.initAsPlanned(folder);
    try {
      if (isOutdated) {
        if (await changesSomething(run)) left.push(stack.id);
        else tools.print(`${stack.id}: no changes`);
        continue;
      }
      run.takePlan(folder);
      await run.apply();
      tools.print(`${stack.id}: applied as approved`);
      if (planned.changesOutputs) changed.add(stack.id);
    } finally {
      run.forgetPlan();
    }
  }
  if (left.length > 0)
    throw new UserError(
      `${left.join(", ")}: changes follow from what was applied before, and no approved plan has them; plan again, and ` +
        "have that plan approved.",
    );
  tools.print(`${environment}: deployed; nothing is left to change.`);
}

async function changesSomething(run: TofuStack): Promise<boolean> {
  try {
    return hasChanges(await run.plan());
  } catch (error) {
    if (error instanceof NotYetDeployedError) return true; // it reads a stack that is left
    throw error;
  }
}
