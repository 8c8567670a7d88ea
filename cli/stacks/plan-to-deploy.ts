import { consent } from "../operator/consent.ts";
import type { OperatorTools } from "../operator/operator-tools.ts";
import { isProtected } from "../state/state-backend.ts";
import type { PlanSummary } from "../tofu/plan-summary.ts";
import { ProtectedError } from "../tofu/tofu-failure.ts";
import type { StackRun } from "./tofu-stack.ts";

/**
 * Plans what a deployment does. A deployment that was interrupted leaves what it was making marked for replacement, which
 * its protection refuses: that is kept instead, if the operator says so. What it lacks is then in the plan.
 * @throws {UserError} when the operator declines, or the plan is refused for another reason
 */
export async function planToDeploy(run: StackRun, asks: boolean, tools: OperatorTools): Promise<PlanSummary> {
  try {
    return await run.plan();
  } catch (error) {
    if (!(error instanceof ProtectedError)) throw error;
    const kept = (await run.halfMade()).filter((address) => isProtected(run.stack.folder, address));
    if (kept.length === 0) throw error;
    tools.print(
      `${run.stack.id}: an interrupted deployment left ${kept.join(", ")} half made, and protected from replacement`,
    );
    if (asks) await consent(`Keep ${kept.length > 1 ? "them" : "it"} (tofu untaint) and go on?`, tools);
    for (const address of kept) await run.keep(address);
    tools.print(`${run.stack.id}: kept; the plan brings it to what the file says`);
    return run.plan();
  }
}
