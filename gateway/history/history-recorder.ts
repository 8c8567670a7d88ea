import { randomBytes } from "node:crypto";
import type { Logger } from "pino";
import type { StoredGeneration } from "../../contracts/history/stored-generation.ts";
import { type GenerationContent, sealContent } from "../../domain/history/generation-content.ts";
import { subjectsOf } from "../../domain/history/generation-keys.ts";
import type { RequestFacts } from "../core/record.ts";
import type { GatewayRequest } from "../core/request.ts";
import type { GatewayResponse } from "../core/response.ts";
import type { GatewayKey } from "../keys/key-store.ts";
import { HISTORY_INSTRUMENTS } from "../metrics/history-instruments.ts";
import type { Meter } from "../metrics/meter.ts";
import { partsOf } from "./dynamo-history-store.ts";
import { HistoryWriter, type HistoryWriterOptions } from "./history-writer.ts";
import { type HeldBytes, Recording } from "./recording.ts";

/** Routes whose generations are stored. */
const ROUTES: ReadonlySet<string> = new Set([
  "/v1/chat/completions",
  "/v1/completions",
  "/v1/messages",
  "/v1/responses",
]);
/** What the recordings of a thread hold, those that wait to be written included. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;
/** A log of lost generations comes once in this time. */
const REPORT_MS = 60_000;

export interface HistoryRecorderOptions extends Omit<HistoryWriterOptions, "onFailure"> {
  readonly logger: Pick<Logger, "warn" | "error">;
  readonly meter: Meter;
  /** Milliseconds of the gateway's clock. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  /** Most bytes that recordings hold. @default 64 MiB */
  readonly maxHeldBytes?: number;
}

/**
 * Records the generations of keys whose project or organisation has opted in, with the time of each chunk, and hands them
 * to be stored. No request waits for it; what there is no capacity for is lost, which is counted and reported.
 */
export class HistoryRecorder {
  readonly #options: HistoryRecorderOptions;
  readonly #writer: HistoryWriter;
  /** By the request's own abort. */
  readonly #recordings = new WeakMap<AbortController, Recording>();
  readonly #held: HeldBytes;
  #reportedAt = Number.NEGATIVE_INFINITY;

  constructor(options: HistoryRecorderOptions) {
    this.#options = options;
    const { logger, maxHeldBytes = MAX_HELD_BYTES } = options;
    this.#writer = new HistoryWriter({
      ...options,
      onFailure: (failure) => logger.warn({ failure: nameOf(failure) }, "the history of generations waits"),
    });
    let held = 0;
    this.#held = {
      tryHold: (bytes) => {
        if (held + bytes > maxHeldBytes) return false;
        held += bytes;
        return true;
      },
      release: (bytes) => {
        held -= bytes;
      },
    };
  }

  /** The request whose body is recorded, where its key has opted in. */
  begin({ key, route, abort, request, startedAt }: BegunRequest): GatewayRequest {
    if (key?.retention !== "none" || !ROUTES.has(route)) return request;
    const recording = new Recording(this.#held, this.#options.now, startedAt, key.keepDays?.history);
    this.#recordings.set(abort, recording);
    return { ...request, body: recording.ofRequest(request.body) };
  }

  /** The response whose body is recorded, where the request's is. */
  responded(abort: AbortController, response: GatewayResponse): GatewayResponse {
    return this.#recordings.get(abort)?.ofResponse(response) ?? response;
  }

  /** After the response: stores what was generated. An error that a client got instead is not stored. */
  settled(abort: AbortController, settled: SettledGeneration): void {
    const recording = this.#recordings.get(abort);
    if (recording === undefined) return;
    this.#recordings.delete(abort);
    const generation = this.#generationOf(settled);
    if (generation === undefined) return recording.release();
    if (recording.isLost) return this.#lost();
    const content = recording.content();
    const { bytes, keepDays } = recording;
    const retention = keepDays === undefined ? {} : { keepDays };
    const sizes = sizesOf(content);
    const isTaken = this.#writer.write({
      seal: async (keyOf) => {
        const keys = await Promise.all(subjectsOf(generation).map(keyOf));
        const sealed = await sealContent(content, keys, generation.id);
        return { generation: { ...generation, ...retention, ...sizes, parts: partsOf(sealed) }, sealed };
      },
      done: () => recording.release(),
    });
    if (isTaken) return;
    recording.release();
    this.#lost(bytes);
  }

  start(): void {
    this.#writer.start();
  }

  /** After the last request has been settled. */
  async stop(): Promise<void> {
    await this.#writer.stop();
  }

  #generationOf({ facts, requestId, startedAt, status }: SettledGeneration) {
    const { keyId, model, isModelKnown, owner, projectId, target, firstTokenAt } = facts;
    if (status >= 400 || keyId === undefined || model === undefined || !isModelKnown) return undefined;
    const { now, wallClock } = this.#options;
    const durationMs = rounded(now() - startedAt);
    const { promptTokens = facts.sentPromptTokens ?? 0, completionTokens = 0 } = facts;
    return {
      id: `gen_${randomBytes(16).toString("hex")}`,
      requestId,
      at: new Date(Math.round(wallClock() - durationMs)).toISOString(),
      route: facts.route,
      model,
      ...(target === undefined ? {} : { target: target.id }),
      status,
      keyId,
      ...(projectId === undefined ? {} : { projectId }),
      ...(owner === undefined ? {} : { ownerId: owner.id }),
      isStream: facts.stream,
      isAborted: facts.isAborted,
      isBatch: facts.isBatch,
      inputTokens: Math.ceil(promptTokens),
      outputTokens: Math.ceil(completionTokens),
      durationMs,
      ...(firstTokenAt === undefined ? {} : { firstTokenMs: rounded(firstTokenAt - startedAt) }),
    } satisfies Partial<StoredGeneration>;
  }

  #lost(bytes?: number): void {
    const { meter, logger, now } = this.#options;
    meter.add(HISTORY_INSTRUMENTS.lost, {});
    if (now() - this.#reportedAt < REPORT_MS) return;
    this.#reportedAt = now();
    logger.error({ bytes }, "a generation was not stored in the history: too much waits, or it is too large");
  }
}

/** A request whose caller is known. */
export interface BegunRequest {
  readonly key: GatewayKey | undefined;
  readonly route: string;
  readonly abort: AbortController;
  readonly request: GatewayRequest;
  /** Milliseconds of the gateway's clock. */
  readonly startedAt: number;
}

/** What is known of a request once it is over. */
export interface SettledGeneration {
  readonly facts: RequestFacts;
  readonly requestId: string;
  /** Milliseconds of the gateway's clock. */
  readonly startedAt: number;
  readonly status: number;
}

function sizesOf({ request, response, chunks }: GenerationContent) {
  return { requestBytes: request.length, responseBytes: response.length, chunks: chunks.length };
}

function rounded(milliseconds: number): number {
  return Math.max(0, Math.round(milliseconds * 10) / 10);
}

/** Not its message, which may have an item's content. */
function nameOf(failure: unknown): string {
  return failure instanceof Error ? failure.name : typeof failure;
}
