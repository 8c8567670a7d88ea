import { createHash } from "node:crypto";
import { isRecord } from "../../lib/is-record.ts";
import type { ObjectStore, ObjectUpload } from "../files/object-store.ts";
import { countOf } from "../outside-values/token-count.ts";
import { type BatchItem, NO_COUNTS, type SliceItem, type SliceResult } from "./batch-items.ts";
import { type BatchRequest, checkRequest, isProblem } from "./check-request.ts";
import { readLines } from "./read-lines.ts";
import type { BatchResponse } from "./send-request.ts";

export interface RunSliceOptions {
  readonly batch: BatchItem;
  readonly slice: SliceItem;
  readonly objects: ObjectStore;
  readonly maxLineBytes: number;
  /** Start of the keys of the two parts; no other attempt has the same. */
  readonly keyPrefix: string;
  /** `abandon`: attempts on this slice failed again and again, so its requests are not sent any more. */
  readonly mode: "send" | "abandon";
  send(request: BatchRequest): Promise<BatchResponse>;
  /** Requests in flight at once, so that not a whole slice is in memory. */
  readonly maxLinesInFlight: number;
  readonly isStopped: () => boolean;
  /** Aborts everything; another process has the slice then. */
  readonly signal: AbortSignal;
}

const EXPIRED = {
  code: "batch_expired",
  message: "This request could not be executed before the completion window expired.",
};
const ABANDONED = {
  code: "batch_line_abandoned",
  message: "This request has failed: every attempt to process the lines around it failed. Send it again.",
};

/**
 * Sends the requests of a slice and writes the parts of the output and error files.
 * @throws the signal's reason when it was aborted, and any error of the object store; no part is left behind then
 */
export async function runSlice(options: RunSliceOptions): Promise<SliceResult> {
  const { objects, keyPrefix, signal } = options;
  const output = new Part(objects, `${keyPrefix}.out`);
  const errors = new Part(objects, `${keyPrefix}.err`);
  try {
    const tally = await sendAll(options, output, errors);
    signal.throwIfAborted();
    const [outputKey, errorKey] = [await output.finish(), await errors.finish()];
    return {
      ...tally,
      ...(outputKey === undefined ? {} : { outputKey }),
      ...(errorKey === undefined ? {} : { errorKey }),
    };
  } catch (error) {
    await Promise.all([output.abort(), errors.abort()]);
    throw error;
  }
}

type Tally = Omit<SliceResult, "outputKey" | "errorKey">;

async function sendAll(options: RunSliceOptions, output: Part, errors: Part): Promise<Tally> {
  const { batch, slice, objects, maxLineBytes, mode, maxLinesInFlight, isStopped, signal } = options;
  const tally: Record<keyof Tally, number> = { ...NO_COUNTS, expired: 0 };
  const running = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const one = async (request: BatchRequest, number: number): Promise<void> => {
    const id = requestIdOf(batch.id, number);
    const response = mode === "abandon" ? undefined : await options.send(request);
    const head = { id, custom_id: request.customId };
    if (mode === "abandon" || response === "expired") {
      tally.failed++;
      if (response === "expired") tally.expired++;
      await errors.write({ ...head, response: null, error: mode === "abandon" ? ABANDONED : EXPIRED });
    } else if (response !== undefined) {
      const { status, requestId, body } = response;
      const record = { ...head, response: { status_code: status, request_id: requestId, body }, error: null };
      const isSuccess = status >= 200 && status < 300;
      await (isSuccess ? output : errors).write(record);
      if (isSuccess) tally.completed++;
      else tally.failed++;
      const usage = usageOf(body);
      tally.inputTokens += usage.input;
      tally.outputTokens += usage.output;
      tally.cachedTokens += usage.cached;
      tally.reasoningTokens += usage.reasoning;
    }
  };
  const source = objects.read(batch.inputKey, slice);
  for await (const line of readLines(source, maxLineBytes, {
    first: { number: slice.firstLine, start: slice.start },
  })) {
    if (isStopped() || signal.aborted || failure !== undefined) break;
    const checked = checkRequest(line, batch.endpoint, maxLineBytes);
    // The file was checked as a whole before, and objects don't change.
    if (isProblem(checked)) throw new Error(`line ${line.number} is not what it was when the batch was checked`);
    const task = one(checked, line.number).then(
      () => void running.delete(task),
      (error: unknown) => {
        failure ??= { error };
        running.delete(task);
      },
    );
    running.add(task);
    if (running.size >= maxLinesInFlight) await Promise.race(running);
  }
  await Promise.all(running);
  if (failure !== undefined) throw failure.error;
  return tally;
}

/** The same for the same request, however often and by which process it is sent. */
function requestIdOf(batchId: string, number: number): string {
  return `batch_req_${createHash("sha256").update(`${batchId}#${number}`).digest("hex").slice(0, 32)}`;
}

interface RequestUsage {
  readonly input: number;
  readonly output: number;
  readonly cached: number;
  readonly reasoning: number;
}

function usageOf(body: unknown): RequestUsage {
  const usage = isRecord(body) && isRecord(body.usage) ? body.usage : {};
  const first = (fields: unknown, ...names: readonly string[]): unknown =>
    isRecord(fields) ? names.map((name) => fields[name]).find((value) => value !== undefined && value !== null) : 0;
  const count = (value: unknown) => countOf(value) ?? 0;
  return {
    input: count(first(usage, "prompt_tokens", "input_tokens")),
    output: count(first(usage, "completion_tokens", "output_tokens")),
    cached: count(first(first(usage, "prompt_tokens_details", "input_tokens_details"), "cached_tokens")),
    reasoning: count(first(first(usage, "completion_tokens_details", "output_tokens_details"), "reasoning_tokens")),
  };
}

/** A file of JSON lines that exists only if there is a line. */
class Part {
  readonly #objects: ObjectStore;
  readonly #key: string;
  #upload: ObjectUpload | undefined;

  constructor(objects: ObjectStore, key: string) {
    this.#objects = objects;
    this.#key = key;
  }

  async write(record: unknown): Promise<void> {
    this.#upload ??= this.#objects.upload(this.#key);
    await this.#upload.write(Buffer.from(`${JSON.stringify(record)}\n`));
  }

  async finish(): Promise<string | undefined> {
    if (this.#upload === undefined) return undefined;
    await this.#upload.finish();
    return this.#key;
  }

  async abort(): Promise<void> {
    await this.#upload?.abort();
  }
}
