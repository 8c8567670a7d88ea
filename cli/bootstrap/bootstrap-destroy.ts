import type { OperatorTools } from "../operator/operator-tools.ts";
import { BOOTSTRAP, type DeployStack } from "../stacks/stack-order.ts";
import { type DeployWorkspace, TofuStack } from "../stacks/tofu-stack.ts";
import { readDocument, withStateLeavingEncryption, withStateOnDisk, writeDocument } from "../state/state-backend.ts";
import { hasStateOnDisk, removeStateOnDisk } from "../state/state-on-disk.ts";
import { UserError } from "../terminal/user-error.ts";
import { workingCopy } from "./bootstrap-state.ts";

export interface StateOnDiskProps {
  readonly workspace: DeployWorkspace;
  /** The bootstrap stack as synthesized. */
  readonly stack: DeployStack;
  /** All stacks of the environment. */
  readonly all: readonly DeployStack[];
}

/**
 * Moves the bootstrap stack's state from the bucket that `destroy` removes to disk, and calls `destroy` with it. The
 * state is plain text there, because the key that encrypts it is destroyed as well. After an interruption the next call
 * continues with the state on disk.
 * @throws {UserError} while another stack has resources, whose states would be lost
 */
export async function withStateMovedToDisk(
  { workspace, stack, all }: StateOnDiskProps,
  tools: OperatorTools,
  destroy: (run: TofuStack) => Promise<void>,
): Promise<void> {
  const copy = workingCopy(stack, workspace);
  const run = new TofuStack(copy, workspace, tools);
  const document = readDocument(stack.folder);
  const isResumed = hasStateOnDisk(copy.folder);
  if (!isResumed) {
    for (const other of all.filter(({ name }) => name !== BOOTSTRAP)) await refuseUnlessEmpty(other, workspace, tools);
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
    // Without any change the state in the bucket is still valid; without any resource no state is needed.
    if (after.length === 0 || (!isResumed && after.length === before.length)) removeStateOnDisk(copy.folder);
  }
}

async function refuseUnlessEmpty(other: DeployStack, workspace: DeployWorkspace, tools: OperatorTools): Promise<void> {
  const run = new TofuStack(other, workspace, tools);
  await run.init();
  const { length } = await run.resources();
  if (length > 0)
    throw new UserError(
      `${other.id} still has ${length} resources, and the bootstrap stack holds its state; destroy it first: ` +
        `sluice destroy --environment ${workspace.environment.name} --stack ${other.name}`,
    );
}
