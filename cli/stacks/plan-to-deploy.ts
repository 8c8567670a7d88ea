import { consent } from "../operator/consent.ts";
import type { OperatorTools } from "../operator/operator-tools.ts";
import { isProtected } from "../state/state-backend.ts";
import type { PlanSummary } from "../tofu/plan-summary.ts";
import { ProtectedError } from "../tofu/tofu-failure.ts";
import type { TofuStack } from "./tofu-stack.ts";

/**
 * Plans a deployment. An interrupted deployment leaves the resource that it was creating tainted: OpenTofu would
 * replace it, which the protection of a protected resource refuses. With the operator's consent the taint is removed,
 * and the plan brings the resource to what the stack describes.
 * @throws {UserError} when the operator declines, or the plan is refused for another reason
 */
export async function planToDeploy(run: TofuStack, needsConsent: boolean, tools: OperatorTools): Promise<PlanSummary> {
  try {
    return await run.plan();
  } catch (error) {
    if (!(error instanceof ProtectedError)) throw error;
    const tainted = (await run.taintedResources()).filter((address) => isProtected(run.stack.folder, address));
    if (tainted.length === 0) throw error;
    tools.print(
      `${run.stack.id}: an interrupted deployment left ${tainted.join(", ")} tainted (created incompletely), ` +
        `and protected from replacement`,
    );
    if (needsConsent) await consent(`Keep ${tainted.length > 1 ? "them" : "it"} (tofu untaint) and continue?`, tools);
    for (const address of tainted) await run.untaint(address);
    tools.print(`${run.stack.id}: no longer tainted; the plan completes what the interrupted deployment began`);
    return run.plan();
  }
}
