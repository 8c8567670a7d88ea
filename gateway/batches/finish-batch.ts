import type { FileStore } from "../files/file-store.ts";
import { type BatchItem, NO_COUNTS, type SliceResult } from "./batch-items.ts";
import { type BatchStore, isOver } from "./batch-store.ts";

export interface FinishOptions {
  readonly store: BatchStore;
  readonly files: FileStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Puts the parts of a batch's slices together to its output and error files and closes the batch. May be repeated after
 * a crash at any point: ids and contents of the files are the same then.
 */
export async function finishBatch(batch: BatchItem, options: FinishOptions): Promise<void> {
  const { store, files, now } = options;
  const seconds = () => Math.floor(now() / 1000);
  if (batch.status === "in_progress") {
    const moved = await store.change(batch, ["in_progress"], { status: "finalizing", finalizingAt: seconds() });
    // Cancelled in this very moment: the next look finishes it as such.
    if (moved === undefined) return;
  }
  const results = await store.results(batch.id);
  // Another process may have finished it since this one's lease was over: then some of the results are gone already, and
  // files of the remaining ones would replace the whole ones.
  const current = await store.get(batch.owner, batch.id);
  if (current === undefined || isOver(current.status)) return;
  const outputFileId = await joinParts(
    current,
    results.flatMap(({ outputKey }) => outputKey ?? []),
    "output",
    options,
  );
  const errorFileId = await joinParts(
    current,
    results.flatMap(({ errorKey }) => errorKey ?? []),
    "error",
    options,
  );
  const at = seconds();
  const isCancelled = batch.status === "cancelling";
  const isExpired = results.some(({ expired }) => expired > 0);
  const finished = await store.change(batch, ["finalizing", "cancelling"], {
    ...(isCancelled
      ? { status: "cancelled", cancelledAt: at }
      : isExpired
        ? { status: "expired", expiredAt: at }
        : { status: "completed", completedAt: at }),
    ...totals(results),
    outputFileId,
    errorFileId,
    leaseOwner: undefined,
    leaseUntil: undefined,
  });
  if (finished !== undefined) await settleHolds(current, finished, files);
  await store.leaveQueue(batch);
  await store.dropSlices(batch.id);
  // Parts that stay behind when this is cut off are removed by the bucket's lifecycle rule.
  for (const { outputKey, errorKey } of results)
    for (const key of [outputKey, errorKey]) if (key !== undefined) await files.objects.delete(key);
}

/**
 * A hold that was placed or released while the files were written is marked in the batch alone: the files of one that is over are found
 * by whoever marks it.
 */
async function settleHolds(before: BatchItem, after: BatchItem, files: FileStore): Promise<void> {
  const { heldBy: earlier = new Set<string>() } = before;
  const { heldBy = new Set<string>() } = after;
  if (earlier.size === heldBy.size && [...heldBy].every((subject) => earlier.has(subject))) return;
  for (const id of [after.outputFileId, after.errorFileId])
    if (id !== undefined) await files.setHeld(after.owner, id, heldBy);
}

const COUNTS = ["completed", "failed", "inputTokens", "outputTokens", "cachedTokens", "reasoningTokens"] as const;

function totals(results: readonly SliceResult[]): Pick<SliceResult, (typeof COUNTS)[number]> {
  const sum: Record<(typeof COUNTS)[number], number> = { ...NO_COUNTS };
  for (const result of results) for (const count of COUNTS) sum[count] += result[count];
  return sum;
}

async function joinParts(
  batch: BatchItem,
  keys: readonly string[],
  kind: "output" | "error",
  { files, now }: FinishOptions,
): Promise<string | undefined> {
  if (keys.length === 0) return undefined;
  const { owner } = batch;
  const id = `file-${batch.id.replace(/^batch_/, "")}${kind === "output" ? "01" : "02"}`;
  const upload = files.objects.upload(files.objectKey(owner, id));
  try {
    for (const key of keys) for await (const chunk of files.objects.read(key)) await upload.write(chunk);
    const bytes = await upload.finish();
    const createdAt = Math.floor(now() / 1000);
    const filename = `${batch.id}_${kind}.jsonl`;
    const expiresAt = createdAt + batch.outputSeconds;
    const file = { id, owner, bytes, createdAt, expiresAt, filename, purpose: "batch_output" } as const;
    await files.add(file, batch.heldBy);
    return id;
  } catch (error) {
    await upload.abort();
    throw error;
  }
}
