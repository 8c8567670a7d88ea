import type { ErrorCode } from "../../contracts/api/errors.ts";
import type { KeyOwner } from "../../contracts/processes/auth.ts";
import type { Priority } from "../../contracts/processes/priority.ts";
import type { CacheOutcome } from "./cache-outcome.ts";
import type { Target } from "./target.ts";

/** What a stream in progress has sent so far. */
export interface StreamProgress {
  /** By its events with text. */
  readonly completionTokens: number;
  /** Milliseconds of the gateway's clock. */
  readonly firstTokenAt: number | undefined;
}

/** What the steps found out about one request. */
export interface RequestFacts {
  /** Path of the endpoint as it stands in logs and metrics, e.g. `/v1/models/{id}`; `other` for every unknown path. */
  readonly route: string;
  /** As the client wrote it, so it may be unknown; a metric label only when `isModelKnown`. */
  readonly model: string | undefined;
  readonly isModelKnown: boolean;
  /** The tenant whose share of the service it takes: `key:<id>`, `account:<id>` of a service account, `user:<project>:<id>` of a person, else `address:<bucket>`. */
  readonly tenant: string;
  readonly keyId: string | undefined;
  readonly projectId: string | undefined;
  /** The user or service account of the key. */
  readonly owner: KeyOwner | undefined;
  /** Whether it is a request of a batch. */
  readonly isBatch: boolean;
  readonly priority: Priority;
  /** Price of its tokens against those of an ordinary request, the markup of its caller included. */
  readonly priceFactor: number;
  /** When it began, as milliseconds since 1970: the prices of that time are its own. */
  readonly pricedAt: number;
  readonly stream: boolean;
  /** The target and server that responded, or were called last. */
  readonly target: Target | undefined;
  readonly engineId: string | undefined;
  /** Calls made for it, and those of them that failed. */
  readonly attempts: number;
  readonly failedAttempts: number;
  /** Milliseconds that it waited for a slot; `undefined` when there was one at once. */
  readonly queuedMs: number | undefined;
  /** `undefined` for a request that never comes to the cache. */
  readonly cache: CacheOutcome | undefined;
  readonly promptTokens: number | undefined;
  /** Tokens of the prompt that the target worked on, estimated; they are paid where it told no usage. */
  readonly sentPromptTokens: number | undefined;
  /** Most tokens of a whole response that its caller did not wait for, which are paid as its target generates them all the same. */
  readonly unseenCompletionTokens: number | undefined;
  readonly completionTokens: number | undefined;
  /** Those of the prompt that its target read from a cache and wrote to it, and those of the completion that are reasoning. */
  readonly cachedTokens: number | undefined;
  readonly cacheWriteTokens: number | undefined;
  readonly reasoningTokens: number | undefined;
  /** Milliseconds of the gateway's clock; streams only. */
  readonly firstTokenAt: number | undefined;
  readonly lastTokenAt: number | undefined;
  /** Of a stream, from its begin. */
  readonly progress: StreamProgress | undefined;
  readonly errorCode: ErrorCode | undefined;
  /** The rule of access that refused it, and the id of a refusal that the client knows. */
  readonly rule: string | undefined;
  readonly decisionId: string | undefined;
  /** Where a target pointed that sent a redirect, which is not followed: host and path. */
  readonly upstreamRedirect: string | undefined;
  /** An exception that is not in the error catalogue. */
  readonly failure: unknown;
  /** Whether the client left before its response was complete. */
  readonly isAborted: boolean;
}

/** What steps get of a request's record: they write and cannot read. */
export interface RecordWriter {
  note(facts: Partial<RequestFacts>): void;
  /** Calls `listener` once, with all facts, when the request is over. It may not throw. */
  onSettled(listener: (facts: RequestFacts) => void): void;
}

const NOTHING_KNOWN: RequestFacts = {
  route: "other",
  model: undefined,
  isModelKnown: false,
  tenant: "unknown",
  keyId: undefined,
  projectId: undefined,
  owner: undefined,
  isBatch: false,
  priority: "normal",
  priceFactor: 1,
  pricedAt: 0,
  stream: false,
  target: undefined,
  engineId: undefined,
  attempts: 0,
  failedAttempts: 0,
  queuedMs: undefined,
  cache: undefined,
  promptTokens: undefined,
  sentPromptTokens: undefined,
  unseenCompletionTokens: undefined,
  completionTokens: undefined,
  cachedTokens: undefined,
  cacheWriteTokens: undefined,
  reasoningTokens: undefined,
  firstTokenAt: undefined,
  lastTokenAt: undefined,
  progress: undefined,
  errorCode: undefined,
  rule: undefined,
  decisionId: undefined,
  upstreamRedirect: undefined,
  failure: undefined,
  isAborted: false,
};

/** One request's record; only the settling step reads it. */
export class RequestRecord implements RecordWriter {
  readonly #facts: RequestFacts = { ...NOTHING_KNOWN };
  #listeners: ((facts: RequestFacts) => void)[] | undefined;

  note(facts: Partial<RequestFacts>): void {
    Object.assign(this.#facts, facts);
  }

  onSettled(listener: (facts: RequestFacts) => void): void {
    this.#listeners ??= [];
    this.#listeners.push(listener);
  }

  /** The request is over. */
  settled(): void {
    const listeners = this.#listeners ?? [];
    this.#listeners = undefined;
    for (const listener of listeners) listener(this.#facts);
  }

  get facts(): RequestFacts {
    return this.#facts;
  }
}

/** A request that is over, for log, metrics and accounts. */
export interface SettledRequest extends RequestFacts {
  readonly requestId: string;
  readonly method: string;
  /** 499 when the client left before its response began. */
  readonly status: number;
  /** Milliseconds of the gateway's clock. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Nano-dollars that the caller is charged, by its tokens and the price of the target that responded. */
  readonly chargeNanoUsd: number;
}
