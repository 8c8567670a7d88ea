import * as z from "zod";

/** Routes of batch requests. */
export const BATCH_ENDPOINTS = [
  "/v1/chat/completions",
  "/v1/completions",
  "/v1/embeddings",
  "/v1/moderations",
  "/v1/responses",
] as const;
export type BatchEndpoint = (typeof BATCH_ENDPOINTS)[number];

/** OpenAI's limit of lines in one batch. */
export const MAX_BATCH_LINES = 50_000;
/** Price of a batch's tokens relative to the same tokens of an ordinary request. */
export const BATCH_PRICE_FACTOR = 0.5;

export const BATCH_STATUSES = [
  "validating",
  "failed",
  "in_progress",
  "finalizing",
  "completed",
  "expired",
  "cancelling",
  "cancelled",
] as const;
export type BatchStatus = (typeof BATCH_STATUSES)[number];

/** OpenAI's limits of metadata: 16 pairs, keys of 64 and values of 512 characters. */
const Metadata = z
  .record(z.string().max(64), z.string().max(512))
  .refine((pairs) => Object.keys(pairs).length <= 16, "must have at most 16 pairs; send fewer");

/** The body of `POST /v1/batches`. */
export const BatchCreateRequest = z
  .strictObject({
    /** A file of this key's, uploaded with purpose `batch`. */
    input_file_id: z.string().min(1).max(100),
    endpoint: z.enum(BATCH_ENDPOINTS),
    completion_window: z.literal("24h"),
    metadata: Metadata.nullish(),
    /** When the files that the batch writes expire. */
    output_expires_after: z
      .strictObject({ anchor: z.literal("created_at"), seconds: z.int().min(3600).max(2_592_000) })
      .nullish(),
  })
  .meta({ id: "BatchCreateRequest" });
export type BatchCreateRequest = z.infer<typeof BatchCreateRequest>;

/** A problem of the input file; `line` counts from 1, `null` for the whole file. */
export const BatchError = z.object({
  code: z.string(),
  line: z.int().nullable(),
  message: z.string(),
  param: z.string().nullable(),
});
export type BatchError = z.infer<typeof BatchError>;

const seconds = z.int().nullable();

/** A batch, in OpenAI's form. Times are seconds since 1970, `null` for what has not happened. */
export const BatchObject = z
  .looseObject({
    id: z.string(),
    object: z.literal("batch"),
    endpoint: z.enum(BATCH_ENDPOINTS),
    errors: z.looseObject({ object: z.literal("list"), data: z.array(BatchError) }).nullable(),
    input_file_id: z.string(),
    completion_window: z.literal("24h"),
    status: z.enum(BATCH_STATUSES),
    output_file_id: z.string().nullable(),
    error_file_id: z.string().nullable(),
    created_at: z.int(),
    in_progress_at: seconds,
    expires_at: z.int(),
    finalizing_at: seconds,
    completed_at: seconds,
    failed_at: seconds,
    expired_at: seconds,
    cancelling_at: seconds,
    cancelled_at: seconds,
    request_counts: z.looseObject({ total: z.int(), completed: z.int(), failed: z.int() }),
    /** Tokens of the completed requests; exact once the batch is over. */
    usage: z.looseObject({ input_tokens: z.int(), output_tokens: z.int(), total_tokens: z.int() }),
    metadata: Metadata.nullable(),
  })
  .meta({ id: "Batch" });
export type BatchObject = z.infer<typeof BatchObject>;

export const BatchList = z
  .looseObject({
    object: z.literal("list"),
    data: z.array(BatchObject),
    first_id: z.string().nullable(),
    last_id: z.string().nullable(),
    has_more: z.boolean(),
  })
  .meta({ id: "BatchList" });

/** The largest file that API Gateway accepts in a form: its own limit is 10 MB. */
export const MAX_EDGE_FILE_BYTES = 9_900_000;

/** The gateways' configuration of files and batches. */
export const BatchSettings = z.strictObject({
  /** DynamoDB table of files, batches, their slices and the queue. */
  table: z.string(),
  /** S3 bucket of files. */
  bucket: z.string(),
  /** Largest accepted file. */
  maxFileBytes: z.int().min(1024).max(200_000_000),
  /** Batch requests that one serving thread of a gateway sends at once. */
  maxLinesInFlight: z.int().min(1).max(512),
  /** Batches of one key that may wait or run. */
  maxOpenPerKey: z.int().min(1).max(1000),
});
export type BatchSettings = z.infer<typeof BatchSettings>;
