import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { consent } from "../operator/consent.ts";
import type { OperatorTools } from "../operator/operator-tools.ts";
import { planToDeploy } from "../stacks/plan-to-deploy.ts";
import type { DeployStack } from "../stacks/stack-order.ts";
import { type DeployWorkspace, TofuStack } from "../stacks/tofu-stack.ts";
import {
  readDocument,
  stateAddress,
  withStateOnDisk,
  withUnencryptedRead,
  writeDocument,
} from "../state/state-backend.ts";
import type { StateBuckets } from "../state/state-bucket.ts";
import { hasStateOnDisk, removeStateOnDisk } from "../state/state-on-disk.ts";
import { UserError } from "../terminal/user-error.ts";
import { hasChanges, summaryLines } from "../tofu/plan-summary.ts";

export interface BootstrapProps {
  readonly workspace: DeployWorkspace;
  /** The bootstrap stack as synthesized. */
  readonly stack: DeployStack;
  readonly states: StateBuckets;
  readonly needsConsent: boolean;
}

/**
 * Creates the state bucket with a state on disk, then moves that state into the bucket. Each call looks up what exists,
 * so it can be repeated, also after an interruption.
 */
export async function bootstrapState(props: BootstrapProps, tools: OperatorTools): Promise<void> {
  const { workspace, states } = props;
  const stack = workingCopy(props.stack, workspace);
  const document = readDocument(props.stack.folder);
  const { bucket, key } = stateAddress(document);
  const found = await states.bucket(bucket);
  if (found === "foreign")
    throw new UserError(
      `The bucket ${bucket} belongs to another account, or you may not read it. Bucket names are unique across AWS: ` +
        `choose another state.bucket in environments/${workspace.environment.name}.ts, or check your credentials with sluice doctor.`,
    );
  const run = new TofuStack(stack, workspace, tools);
  const apply = () => planAndApply(run, props.needsConsent, tools);

  if (found === "ours" && (await states.hasState(bucket, key))) {
    writeDocument(stack.folder, document);
    await run.init();
    await apply();
    removeStateOnDisk(stack.folder);
    tools.print(`The states are in ${bucket}.`);
    return;
  }
  if (found === "ours" && !hasStateOnDisk(stack.folder))
    throw new UserError(
      `The bucket ${bucket} exists, but it has no state of the bootstrap stack (${key}): it was created without sluice, or ` +
        `by a bootstrap that was interrupted on another machine. Choose another state.bucket, or continue on that ` +
        `machine, where .sluice/deploy/ has the state.`,
    );
  writeDocument(stack.folder, withStateOnDisk(document));
  await run.init();
  await apply();
  tools.print(`Moving the state of ${stack.id} into ${bucket} …`);
  writeDocument(stack.folder, withUnencryptedRead(document));
  await run.init("-migrate-state", "-force-copy");
  if (!(await states.hasState(bucket, key)))
    throw new Error(
      `The state was moved to ${bucket}, but ${key} does not exist there; it is still in ${stack.folder}.`,
    );
  removeStateOnDisk(stack.folder);
  tools.print(`The states are in ${bucket}.`);
}

/** A folder that synthesis does not write to: until the state is in the bucket, its only copy is here. */
export function workingCopy(stack: DeployStack, workspace: DeployWorkspace): DeployStack {
  const folder = join(workspace.folder, "bootstrap");
  mkdirSync(folder, { recursive: true });
  return { ...stack, folder };
}

async function planAndApply(run: TofuStack, needsConsent: boolean, tools: OperatorTools): Promise<void> {
  try {
    const summary = await planToDeploy(run, needsConsent, tools);
    tools.print(summaryLines(run.stack.id, summary).join("\n"));
    if (!hasChanges(summary)) return;
    if (needsConsent) await consent(`Apply this to ${run.stack.id}?`, tools);
    await run.apply();
  } finally {
    run.forgetPlan();
  }
}
