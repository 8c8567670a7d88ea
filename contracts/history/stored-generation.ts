import * as z from "zod";

/** Partition key, sort key and time to live (Unix seconds) of the history table. */
export const HISTORY_TABLE = { hashKey: "partition", rangeKey: "entry", ttlAttribute: "expiresAt" } as const;
/** Partition key of the table of data keys: whose key it is. */
export const SUBJECT_KEYS_TABLE = { hashKey: "subject" } as const;

const Count = z.int().nonnegative();

/**
 * What is stored in clear of one generation: ids, times and counts, and nothing that a person wrote or a model responded.
 * It is read tolerantly, as a newer release may have written further fields.
 */
export const StoredGeneration = z.object({
  /** `gen_` and 32 hexadecimal digits. */
  id: z.string(),
  requestId: z.string(),
  /** When the request arrived, in ISO 8601 with milliseconds. */
  at: z.string(),
  route: z.string(),
  model: z.string(),
  target: z.string().optional(),
  status: z.int(),
  keyId: z.string(),
  projectId: z.string().optional(),
  /** The user or service account of the key. */
  ownerId: z.string().optional(),
  isStream: z.boolean(),
  isAborted: z.boolean(),
  isBatch: z.boolean(),
  inputTokens: Count,
  outputTokens: Count,
  /** Milliseconds. */
  durationMs: z.number().nonnegative(),
  firstTokenMs: z.number().nonnegative().optional(),
  /** As received and as sent. */
  requestBytes: Count,
  responseBytes: Count,
  /** Writes of the response; one where it was not streamed. */
  chunks: Count,
  /** Days for which it is stored, of its project. @default - the environment's */
  keepDays: z.int().positive().optional(),
  /** Items of the table that have the encrypted content. */
  parts: z.int().positive(),
});
export type StoredGeneration = z.infer<typeof StoredGeneration>;
