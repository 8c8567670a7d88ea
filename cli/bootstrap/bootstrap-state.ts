import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { consent } from "../operator/consent.ts";
import type { OperatorTools } from "../operator/operator-tools.ts";
import { planToDeploy } from "../stacks/plan-to-deploy.ts";
import type { DeployStack } from "../stacks/stack-order.ts";
import { type DeployPlace, StackRun } from "../stacks/tofu-stack.ts";
import {
  readDocument,
  stateAddress,
  withStateOnDisk,
  withUnencryptedRead,
  writeDocument,
} from "../state/state-backend.ts";
import type { StatePlace } from "../state/state-bucket.ts";
import { hasStateOnDisk, removeStateOnDisk } from "../state/state-on-disk.ts";
import { UserError } from "../terminal/user-error.ts";
import { hasChanges, summaryLines } from "../tofu/plan-summary.ts";

export interface BootstrapProps {
  readonly place: DeployPlace;
  /** The bootstrap stack as synthesized. */
  readonly stack: DeployStack;
  readonly states: StatePlace;
  readonly asks: boolean;
}

/**
 * Makes the state bucket with a state on disk, then moves that state into it. What exists is found out each time, so it
 * can be repeated, also after an interruption.
 */
export async function bootstrapState(props: BootstrapProps, tools: OperatorTools): Promise<void> {
  const { place, states } = props;
  const stack = workingCopy(props.stack, place);
  const document = readDocument(props.stack.folder);
  const { bucket, key } = stateAddress(document);
  const found = await states.bucket(bucket);
  if (found === "foreign")
    throw new UserError(
      `The bucket ${bucket} is another account's, or closed to you. Bucket names are unique in the world: choose another ` +
        `state.bucket in environments/${place.environment.name}.ts, or check your credentials with sluice doctor.`,
    );
  const run = new StackRun(stack, place, tools);
  const apply = () => planAndApply(run, props.asks, tools);

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
      `The bucket ${bucket} is there without a state of its own (${key}): someone made it by another way, or from another ` +
        `machine that was interrupted. Choose another state.bucket, or go on where .sluice/deploy/ has the state.`,
    );
  writeDocument(stack.folder, withStateOnDisk(document));
  await run.init();
  await apply();
  tools.print(`Moving the state of ${stack.id} into ${bucket} …`);
  writeDocument(stack.folder, withUnencryptedRead(document));
  await run.init("-migrate-state", "-force-copy");
  if (!(await states.hasState(bucket, key)))
    throw new Error(`The state was moved to ${bucket}, but ${key} is not there; it is still in ${stack.folder}.`);
  removeStateOnDisk(stack.folder);
  tools.print(`The states are in ${bucket}.`);
}

/** A folder that synthesis does not touch: for a while the only copy of the state is here. */
export function workingCopy(stack: DeployStack, place: DeployPlace): DeployStack {
  const folder = join(place.folder, "bootstrap");
  mkdirSync(folder, { recursive: true });
  return { ...stack, folder };
}

async function planAndApply(run: StackRun, asks: boolean, tools: OperatorTools): Promise<void> {
  try {
    const summary = await planToDeploy(run, asks, tools);
    tools.print(summaryLines(run.stack.id, summary).join("\n"));
    if (!hasChanges(summary)) return;
    if (asks) await consent(`Apply this to ${run.stack.id}?`, tools);
    await run.apply();
  } finally {
    run.forgetPlan();
  }
}
