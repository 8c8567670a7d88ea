import { withoutKeys } from "../../contracts/api/errors.ts";
import type { LiveGateway, LiveRequest } from "../../contracts/live/live-requests.ts";
import { RequestStopped } from "../core/gateway-error.ts";
import type { RequestFacts } from "../core/record.ts";
import { type LinkedEntry, LinkedList } from "../shares/linked-list.ts";

/** Requests of one thread that a list has: 150 kB. */
const MAX_LISTED = 500;
/** As in the log. */
const MAX_MODEL_CHARACTERS = 80;

/** What is known of a request when it begins. */
export interface LiveBeginning {
  readonly requestId: string;
  /** Milliseconds of the gateway's clock. */
  readonly startedAt: number;
  readonly abort: AbortController;
  /** Path of the endpoint. */
  readonly endpoint: string;
}

interface OpenRequest extends LiveBeginning {
  readonly facts: RequestFacts;
}

/** A request's place in the book. */
export type LiveEntry = LinkedEntry<OpenRequest>;

export interface LiveBookOptions {
  /** Of the process and the thread. */
  readonly id: string;
  readonly version: string;
  /** Milliseconds of the gateway's clock. */
  readonly now: () => number;
  readonly wallClock: () => number;
}

/** What one thread has in progress, as it is listed. */
export interface LiveSnapshot {
  readonly gateway: LiveGateway;
  readonly requests: readonly LiveRequest[];
}

/** The requests to models that one thread has in progress, and the means to stop one. */
export class LiveBook {
  readonly #options: LiveBookOptions;
  /** In the order in which they began. */
  readonly #open = new LinkedList<OpenRequest>();
  /** Of requests that are over. */
  #settledTokens = 0;

  constructor(options: LiveBookOptions) {
    this.#options = options;
  }

  get id(): string {
    return this.#options.id;
  }

  get version(): string {
    return this.#options.version;
  }

  get inProgress(): number {
    return this.#open.size;
  }

  /** @param facts what its steps note, as it is at each moment */
  opened(beginning: LiveBeginning, facts: RequestFacts): LiveEntry {
    return this.#open.add({ ...beginning, facts });
  }

  closed(entry: LiveEntry, { completionTokens = 0 }: RequestFacts): void {
    if (this.#open.remove(entry)) this.#settledTokens += completionTokens;
  }

  /** Ends the requests with this id: their upstreams are aborted at once. @returns how many there were */
  stop(requestId: string): number {
    const found = this.#open.values().filter((entry) => entry.requestId === requestId);
    for (const { abort } of found) abort.abort(new RequestStopped());
    return found.length;
  }

  snapshot(): LiveSnapshot {
    const { id, version, now, wallClock } = this.#options;
    const [at, time] = [now(), wallClock()];
    const requests: LiveRequest[] = [];
    let completionTokens = this.#settledTokens;
    for (const entry of this.#open.values()) {
      completionTokens += tokensOf(entry.facts);
      if (requests.length < MAX_LISTED) requests.push(describe(entry, id, at, time));
    }
    return { gateway: { id, version, inProgress: this.#open.size, completionTokens }, requests };
  }
}

function tokensOf({ progress, completionTokens }: RequestFacts): number {
  return completionTokens ?? progress?.completionTokens ?? 0;
}

function describe({ requestId, startedAt, endpoint, facts }: OpenRequest, gateway: string, at: number, time: number) {
  const { model, target, keyId, projectId, owner, progress } = facts;
  const firstTokenAt = facts.firstTokenAt ?? progress?.firstTokenAt;
  const ageMs = Math.max(0, Math.round(at - startedAt));
  return {
    id: requestId,
    gateway,
    startedAt: new Date(time - ageMs).toISOString(),
    ageMs,
    endpoint,
    model: model === undefined ? null : withoutKeys(model.slice(0, MAX_MODEL_CHARACTERS)),
    target: target?.id ?? null,
    keyId: keyId ?? null,
    projectId: projectId ?? null,
    ownerId: owner?.id ?? null,
    isBatch: facts.isBatch,
    stream: facts.stream,
    attempts: facts.attempts,
    firstTokenMs: firstTokenAt === undefined ? null : Math.max(0, Math.round(firstTokenAt - startedAt)),
    completionTokens: tokensOf(facts),
  };
}
