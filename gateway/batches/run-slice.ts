import { createHash } from "node:crypto";
import { isRecord } from "../../lib/is-record.ts";
import type { ObjectStore, ObjectUpload } from "../files/object-store.ts";
import { countOf } from "../outside-values/token-count.ts";
import { findUsageObject } from "../relay/usage.ts";
import { type BatchItem, NO_COUNTS, type RestOfSlice, type SliceItem, type SliceResult } from "./batch-items.ts";
import { type BatchRequest, checkRequest, isProblem } from "./check-request.ts";
import type { LeaseHold } from "./lease-hold.ts";
import { readLines } from "./read-lines.ts";
import { restOf, type SliceLine } from "./rest-of-slice.ts";
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
  readonly hold: Pick<LeaseHold, "isCancelled" | "isStopped" | "leaving" | "throwIfLost">;
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
 * Sends the requests of a slice and writes the parts of the output and error files. When the process leaves, the result
 * names the lines that have none.
 * @returns `undefined` when the process left before any line had its result
 * @throws {LeaseLost} and any error of the object store; no part is left behind then
 */
export async function runSlice(options: RunSliceOptions): Promise<SliceResult | undefined> {
  const { objects, keyPrefix, hold } = options;
  const output = new Part(objects, `${keyPrefix}.out`);
  const errors = new Part(objects, `${keyPrefix}.err`);
  try {
    const { tally, rest } = await sendAll(options, output, errors);
    hold.throwIfLost();
    if (rest.length > 0 && tally.completed + tally.failed === 0) return undefined;
    const [outputKey, errorKey] = [await output.finish(), await errors.finish()];
    return {
      ...tally,
      ...(outputKey === undefined ? {} : { outputKey }),
      ...(errorKey === undefined ? {} : { errorKey }),
      ...(rest.length === 0 ? {} : { rest: [...rest] }),
    };
  } catch (error) {
    await Promise.all([output.abort(), errors.abort()]);
    throw error;
  }
}

type Tally = Record<keyof Omit<SliceResult, "outputKey" | "errorKey" | "rest">, number>;

interface Sent {
  readonly tally: Tally;
  /** Lines that were left to another process. */
  readonly rest: readonly RestOfSlice[];
}

async function sendAll(options: RunSliceOptions, output: Part, errors: Part): Promise<Sent> {
  const { batch, slice, objects, maxLineBytes, mode, maxLinesInFlight, hold } = options;
  const tally: Tally = { ...NO_COUNTS, expired: 0 };
  const running = new Set<Promise<void>>();
  const lines: SliceLine[] = [];
  let failure: { readonly error: unknown } | undefined;
  const source = objects.read(batch.inputKey, slice);
  for await (const line of readLines(source, maxLineBytes, {
    first: { number: slice.firstLine, start: slice.start },
  })) {
    const { number, start, end } = line;
    const sliceLine = { number, start, end, isDone: false };
    lines.push(sliceLine);
    // A slice that is abandoned is abandoned whole: no request is sent.
    if (failure !== undefined || hold.isCancelled || (mode === "send" && hold.isStopped)) break;
    const checked = checkRequest(line, batch.endpoint, maxLineBytes);
    // The file was checked as a whole before, and objects don't change.
    if (isProblem(checked)) throw new Error(`line ${number} is not what it was when the batch was checked`);
    const task = runLine(checked, number, { options, tally, output, errors }).then(
      (isDone) => {
        sliceLine.isDone = isDone;
        running.delete(task);
      },
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
  return { tally, rest: hold.leaving.aborted && !hold.isCancelled ? restOf(slice, lines) : [] };
}

interface LineTools {
  readonly options: RunSliceOptions;
  readonly tally: Tally;
  readonly output: Part;
  readonly errors: Part;
}

/** @returns whether the line has its result */
async function runLine(request: BatchRequest, number: number, tools: LineTools): Promise<boolean> {
  const { options, tally, output, errors } = tools;
  const { batch, mode } = options;
  const head = { id: requestIdOf(batch.id, number), custom_id: request.customId };
  const response = mode === "abandon" ? undefined : await options.send(request);
  if (mode === "abandon" || response === "expired") {
    tally.failed++;
    if (response === "expired") tally.expired++;
    const error = mode === "abandon" ? ABANDONED : EXPIRED;
    await errors.write(Buffer.from(`${JSON.stringify({ ...head, response: null, error })}\n`));
    return true;
  }
  if (response === undefined) return false;
  const { status, requestId, body } = response;
  const isSuccess = status >= 200 && status < 300;
  await (isSuccess ? output : errors).write(recordOf(head, status, requestId, body));
  if (isSuccess) tally.completed++;
  else tally.failed++;
  const usage = usageOf(findUsageObject(body));
  tally.inputTokens += usage.input;
  tally.outputTokens += usage.output;
  tally.cachedTokens += usage.cached;
  tally.reasoningTokens += usage.reasoning;
  return true;
}

/** A line of a file of results. The body is not parsed: a large one would hold the thread. */
function recordOf(head: Readonly<Record<string, string>>, status: number, requestId: string, body: Buffer): Buffer {
  const response = JSON.stringify({ status_code: status, request_id: requestId });
  return Buffer.concat([
    Buffer.from(`${JSON.stringify(head).slice(0, -1)},"response":${response.slice(0, -1)},"body":`),
    body,
    Buffer.from('},"error":null}\n'),
  ]);
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

function usageOf(found: unknown): RequestUsage {
  const usage = isRecord(found) ? found : {};
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

  async write(line: Buffer): Promise<void> {
    this.#upload ??= this.#objects.upload(this.#key);
    await this.#upload.write(line);
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
