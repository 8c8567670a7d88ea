import { expect, test } from "vitest";
import type { FileStore } from "../files/file-store.ts";
import { type BatchItem, NO_COUNTS } from "./batch-items.ts";
import type { BatchStore } from "./batch-store.ts";
import { finishBatch } from "./finish-batch.ts";

const BATCH = {
  id: "batch_1",
  owner: "a",
  inputFileId: "file-1",
  inputKey: "files/a/file-1",
  endpoint: "/v1/chat/completions",
  status: "finalizing",
  outputSeconds: 86_400,
  createdAt: 1000,
  expiresAt: 90_000,
  total: 4,
  ...NO_COUNTS,
  attempts: 0,
} as const satisfies BatchItem;

test("a process whose lease was over replaces no file of a batch that another one has finished", async () => {
  const uploaded: string[] = [];
  // The other process has dropped one of two results already, and its batch is completed.
  const rest = [{ ...NO_COUNTS, completed: 2, expired: 0, outputKey: "parts/batch_1/1-1.out" }];
  const store = {
    results: async () => rest,
    get: async () => ({ ...BATCH, status: "completed" }),
    change: async () => undefined,
    leaveQueue: async () => undefined,
    dropSlices: async () => undefined,
  } as unknown as BatchStore;
  const upload = (key: string) => {
    uploaded.push(key);
    return { write: async () => undefined, finish: async () => 1, abort: async () => undefined };
  };
  const files = {
    objectKey: (_owner: string, id: string) => id,
    add: async () => undefined,
    objects: { upload, read: async function* () {}, delete: async () => undefined },
  } as unknown as FileStore;
  await finishBatch(BATCH, { store, files, now: () => 1_000_000 });
  expect(uploaded).toEqual([]);
});
