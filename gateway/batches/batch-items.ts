import * as z from "zod";
import { BATCH_ENDPOINTS, BATCH_STATUSES, BatchError } from "../../contracts/api/batches.ts";

/** The process that works on an item, and until when no other one does (milliseconds since 1970). */
const lease = { leaseOwner: z.string().optional(), leaseUntil: z.number().optional(), attempts: z.int().default(0) };
const at = z.int().optional();

/** One batch, as the table has it. Times as in OpenAI's object, in seconds since 1970. */
export const BatchItem = z.object({
  id: z.string(),
  owner: z.string(),
  inputFileId: z.string(),
  inputKey: z.string(),
  endpoint: z.enum(BATCH_ENDPOINTS),
  status: z.enum(BATCH_STATUSES),
  metadata: z.record(z.string(), z.string()).optional(),
  outputSeconds: z.int(),
  createdAt: z.int(),
  expiresAt: z.int(),
  inProgressAt: at,
  finalizingAt: at,
  completedAt: at,
  failedAt: at,
  expiredAt: at,
  cancellingAt: at,
  cancelledAt: at,
  outputFileId: z.string().optional(),
  errorFileId: z.string().optional(),
  errors: z.array(BatchError).optional(),
  total: z.int().default(0),
  completed: z.int().default(0),
  failed: z.int().default(0),
  inputTokens: z.int().default(0),
  outputTokens: z.int().default(0),
  cachedTokens: z.int().default(0),
  reasoningTokens: z.int().default(0),
  /** Subjects that a legal hold is on: it does not end, and its results neither. @default - none is held */
  heldBy: z.set(z.string()).optional(),
  ...lease,
});
export type BatchItem = z.infer<typeof BatchItem>;

/** Lines of a batch that are worked on together, by their bytes in the input file. */
export const SliceItem = z.object({
  index: z.int(),
  /** First byte, and the one after the last. */
  start: z.int(),
  end: z.int(),
  /** Number of its first line, from 1. */
  firstLine: z.int(),
  lines: z.int(),
  ...lease,
});
export type SliceItem = z.infer<typeof SliceItem>;

/** Lines of a slice that its gateway left to another one: consecutive ones of its input. */
export const RestOfSlice = SliceItem.pick({ index: true, start: true, end: true, firstLine: true, lines: true });
export type RestOfSlice = z.infer<typeof RestOfSlice>;

/** What is counted of lines, before the first. */
export const NO_COUNTS = {
  completed: 0,
  failed: 0,
  inputTokens: 0,
  outputTokens: 0,
  cachedTokens: 0,
  reasoningTokens: 0,
} as const satisfies Partial<BatchItem>;

/** What came of a slice. */
export const SliceResult = z.object({
  completed: z.int(),
  failed: z.int(),
  /** Of the failed ones, those that were not sent because the window was over. */
  expired: z.int(),
  inputTokens: z.int(),
  outputTokens: z.int(),
  /** Of the input, those that needed no computing. */
  cachedTokens: z.int().default(0),
  /** Of the output, those that the model thought. */
  reasoningTokens: z.int().default(0),
  /** Parts of the files that the batch writes; absent when empty. */
  outputKey: z.string().optional(),
  errorKey: z.string().optional(),
  /** Lines that are not among those counted here, each in the open slice of this index. @default - none */
  rest: z.array(RestOfSlice).optional(),
});
export type SliceResult = z.infer<typeof SliceResult>;

/** A batch that is not over, in the order of creation. */
export const QueueEntry = z.object({ owner: z.string(), id: z.string(), createdAt: z.int() });
export type QueueEntry = z.infer<typeof QueueEntry>;

/** Work that failed after its last attempt, for operators. */
export interface DeadLetter {
  readonly owner: string;
  readonly id: string;
  /** The slice that failed; `undefined` when it was the batch itself. */
  readonly slice: number | undefined;
  readonly reason: string;
}
