import type { OperatorTools } from "../operator/operator-tools.ts";
import { BOOTSTRAP, type DeployStack } from "../stacks/stack-order.ts";
import { type DeployPlace, StackRun } from "../stacks/tofu-stack.ts";
import { readDocument, withStateLeavingEncryption, withStateOnDisk, writeDocument } from "../state/state-backend.ts";
import { hasStateOnDisk, removeStateOnDisk } from "../state/state-on-disk.ts";
import { UserError } from "../terminal/user-error.ts";
import { workingCopy } from "./bootstrap-state.ts";

export interface TakenOutProps {
  readonly place: DeployPlace;
  /** The bootstrap stack as synthesized. */
  readonly stack: DeployStack;
  /** All stacks of the environment. */
  readonly all: readonly DeployStack[];
}

/**
 * Takes the bootstrap stack's state out of the bucket that is to be destroyed, and calls back with it on disk, as plain
 * text: the key goes too. Interrupted half-way, the next time goes on with the state on disk.
 * @throws {UserError} while another stack has resources, whose states would be lost
 */
export async function withStateTakenOut(
  { place, stack, all }: TakenOutProps,
  tools: OperatorTools,
  destroy: (run: StackRun) => Promise<void>,
): Promise<void> {
  const copy = workingCopy(stack, place);
  const run = new StackRun(copy, place, tools);
  const document = readDocument(stack.folder);
  const isResumed = hasStateOnDisk(copy.folder);
  if (!isResumed) {
    for (const other of all.filter(({ name }) => name !== BOOTSTRAP)) await refuseUnlessEmpty(other, place, tools);
    writeDocument(copy.folder, document);
    await run.init();
    writeDocument(copy.folder, withStateLeavingEncryption(document));
    await run.init("-migrate-state", "-force-copy");
  }
  writeDocument(copy.folder, withStateOnDisk(document));
  await run.init();
  const before = await run.resources();
  try {
    await destroy(run);
  } finally {
    const after = await run.resources();
    // Nothing was done: the state in the bucket still holds. All was done: there is nothing to hold.
    if (after.length === 0 || (!isResumed && after.length === before.length)) removeStateOnDisk(copy.folder);
  }
}

async function refuseUnlessEmpty(other: DeployStack, place: DeployPlace, tools: OperatorTools): Promise<void> {
  const run = new StackRun(other, place, tools);
  await run.init();
  const { length } = await run.resources();
  if (length > 0)
    throw new UserError(
      `${other.id} still has ${length} resources, and the bootstrap stack holds its state; destroy it first: ` +
        `sluice destroy --environment ${place.environment.name} --stack ${other.name}`,
    );
}
