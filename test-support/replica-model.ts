/** A request to a modelled replica. */
export interface ModelRequest {
  /** Seconds. */
  readonly arrivesAt: number;
  readonly promptTokens: number;
  /** Completion; 0 ends with the first token. */
  readonly outputTokens: number;
  /** Keys of the prompt's whole blocks, each standing for everything before it as well. */
  readonly blocks: Float64Array;
}

export interface ReplicaModelOptions {
  readonly tokensPerSecond: number;
  readonly cacheBlocks: number;
  readonly tokensPerBlock: number;
  /** Seconds of one step with one sequence that decodes. @default 0 */
  readonly stepSeconds?: number;
  /** Seconds that each further such sequence adds to a step. @default 0 */
  readonly sequenceSeconds?: number;
  /** Prompt tokens that one step reads at most, of as many prompts as fit. @default - one whole prompt after the other */
  readonly chunkTokens?: number;
  /** Sequences at once; further ones wait. @default - no limit */
  readonly maxSequences?: number;
}

interface Work {
  readonly request: ModelRequest;
  readonly firstToken: (at: number) => void;
  readonly ended: (at: number) => void;
  unread: number;
  /** Prompt tokens of it in the current step. */
  step: number;
  unsaid: number;
}

/**
 * An engine in simulated time: reads prompts in the order they came, in chunks, while it decodes all sequences that
 * have begun; holds the blocks that it used most recently. It does not see a router's view of it.
 */
export class ReplicaModel {
  readonly #options: Required<ReplicaModelOptions>;
  readonly #cache = new Map<number, true>();
  readonly #waiting: Work[] = [];
  #reading: Work[] = [];
  #decoding: Work[] = [];
  #stepEndsAt = Number.POSITIVE_INFINITY;
  /** Prompt tokens found in the cache. */
  hitTokens = 0;

  constructor(options: ReplicaModelOptions) {
    const unbounded = { chunkTokens: Number.POSITIVE_INFINITY, maxSequences: Number.POSITIVE_INFINITY };
    this.#options = { stepSeconds: 0, sequenceSeconds: 0, ...unbounded, ...options };
  }

  get running(): number {
    return this.#decoding.length + this.#reading.length;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Time of its next event; infinite when it is idle. */
  get nextAt(): number {
    return this.#stepEndsAt;
  }

  send(request: ModelRequest, events: Pick<Work, "firstToken" | "ended">): void {
    this.#waiting.push({ request, ...events, unread: request.promptTokens, step: 0, unsaid: request.outputTokens });
    if (this.#stepEndsAt === Number.POSITIVE_INFINITY) this.#begin(request.arrivesAt);
  }

  /** Does what happens at `nextAt`. */
  advance(): void {
    const now = this.#stepEndsAt;
    const spoke = this.#decoding;
    this.#decoding = spoke.filter((work) => --work.unsaid > 0);
    for (const work of spoke) if (work.unsaid <= 0) work.ended(now);
    const read = this.#reading;
    for (const work of read) work.unread -= work.step;
    this.#reading = read.filter(({ unread }) => unread > 0);
    for (const work of read) if (work.unread <= 0) this.#hasRead(work, now);
    this.#begin(now);
  }

  #hasRead(work: Work, now: number): void {
    this.#keep(work.request.blocks);
    work.firstToken(now);
    work.unsaid--;
    if (work.unsaid > 0) this.#decoding.push(work);
    else work.ended(now);
  }

  #begin(now: number): void {
    const { tokensPerSecond, chunkTokens, stepSeconds, sequenceSeconds } = this.#options;
    let tokens = 0;
    for (const work of this.#reading) work.step = 0;
    for (let at = 0; tokens < chunkTokens; at++) {
      const work = this.#reading[at] ?? this.#admit();
      if (work === undefined) break;
      work.step = Math.min(work.unread, chunkTokens - tokens);
      tokens += work.step;
      if (chunkTokens === Number.POSITIVE_INFINITY) break;
    }
    const decodeSeconds = Math.max(0, this.#decoding.length - 1) * sequenceSeconds;
    const isIdle = this.running === 0;
    this.#stepEndsAt = isIdle ? Number.POSITIVE_INFINITY : now + stepSeconds + decodeSeconds + tokens / tokensPerSecond;
  }

  /** The next request that waits, when there is room for it. */
  #admit(): Work | undefined {
    const work = this.running < this.#options.maxSequences ? this.#waiting.shift() : undefined;
    if (work === undefined) return undefined;
    this.#findCached(work);
    this.#reading.push(work);
    return work;
  }

  #findCached(work: Work): void {
    const { promptTokens, blocks } = work.request;
    let matched = 0;
    while (matched < blocks.length && this.#cache.has(blocks[matched] ?? 0)) matched++;
    // The last token is always read: its result is the first token of the completion.
    const cached = Math.min(matched * this.#options.tokensPerBlock, promptTokens - 1);
    this.hitTokens += cached;
    work.unread = promptTokens - cached;
    this.#touch(blocks.subarray(0, matched));
  }

  #keep(blocks: Float64Array): void {
    this.#touch(blocks);
    for (const key of this.#cache.keys()) {
      if (this.#cache.size <= this.#options.cacheBlocks) break;
      this.#cache.delete(key);
    }
  }

  /** What a prompt begins with becomes the newest. */
  #touch(blocks: Float64Array): void {
    for (let at = blocks.length - 1; at >= 0; at--) {
      const key = blocks[at] ?? 0;
      this.#cache.delete(key);
      this.#cache.set(key, true);
    }
  }
}

/** How a policy learns what happened to the request that it placed. */
export interface Placement {
  readonly replica: number;
  readonly firstToken?: (at: number) => void;
  readonly ended?: (at: number) => void;
}

export interface ReplayResult {
  /** Seconds to the first token, in the order of the requests. */
  readonly firstTokenSeconds: Float64Array;
  readonly totalSeconds: Float64Array;
  /** Requests that each replica got. */
  readonly placed: readonly number[];
  readonly hitShare: number;
}

/**
 * Runs requests, sorted by arrival, against replicas.
 * @param route the replica of a request; `models` have the state that an engine would report
 * @param every called each so many seconds of simulated time, as a round of probes of the engines
 */
export function replay(
  requests: readonly ModelRequest[],
  models: readonly ReplicaModel[],
  route: (request: ModelRequest) => Placement,
  every?: { readonly seconds: number; readonly call: (now: number) => void },
): ReplayResult {
  const firstTokenSeconds = new Float64Array(requests.length);
  const totalSeconds = new Float64Array(requests.length);
  const placed = models.map(() => 0);
  let tickAt = every === undefined ? Number.POSITIVE_INFINITY : 0;
  const runUntil = (end: number) => {
    for (;;) {
      let next: ReplicaModel | undefined;
      for (const model of models) if (model.nextAt < (next?.nextAt ?? Number.POSITIVE_INFINITY)) next = model;
      const at = next?.nextAt ?? Number.POSITIVE_INFINITY;
      if (Math.min(at, tickAt) > end || (at === Number.POSITIVE_INFINITY && end === at)) return;
      if (tickAt <= at && every !== undefined) {
        every.call(tickAt);
        tickAt += every.seconds;
      } else next?.advance();
    }
  };
  for (const [index, request] of requests.entries()) {
    runUntil(request.arrivesAt);
    const placement = route(request);
    placed[placement.replica] = (placed[placement.replica] ?? 0) + 1;
    models[placement.replica]?.send(request, {
      firstToken: (at) => {
        firstTokenSeconds[index] = at - request.arrivesAt;
        placement.firstToken?.(at);
      },
      ended: (at) => {
        totalSeconds[index] = at - request.arrivesAt;
        placement.ended?.(at);
      },
    });
  }
  runUntil(Number.POSITIVE_INFINITY);
  const promptTokens = requests.reduce((sum, request) => sum + request.promptTokens, 0);
  const hitTokens = models.reduce((sum, model) => sum + model.hitTokens, 0);
  return { firstTokenSeconds, totalSeconds, placed, hitShare: hitTokens / Math.max(1, promptTokens) };
}
