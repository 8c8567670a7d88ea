import type { BlockUse } from "../../domain/routing/prefix-index.ts";
import { type PromptHasher, TOKENS_PER_BLOCK } from "../../domain/routing/prompt-blocks.ts";
import type { Replica } from "../../domain/routing/replica.ts";
import { ReplicaRouter, type RoutedPrompt } from "../../domain/routing/replica-router.ts";
import type { GenerationRequest } from "../core/generation-request.ts";
import type { Engine } from "./engine.ts";
import type { EngineLoad } from "./read-engine-load.ts";

/** Blocks remembered of an engine that does not report the size of its cache: prompts of a million tokens. */
const DEFAULT_BLOCKS = 8192;
/** Memory of the index is bounded whatever an engine reports: 36 bytes a block at the worst. */
const MAX_BLOCKS_PER_ENGINE = 65_536;
/** Prompt tokens a second until it was measured: an 8B model on an L40S or A100 (roofline estimate, half precision). */
const DEFAULT_PREFILL_TOKENS_PER_SECOND = 8000;
const SLOW_START_MS = 30_000;

export interface PoolRoutingOptions {
  /** The pool's model; part of every block's hash. */
  readonly model: string;
  readonly hasher: PromptHasher;
  /** Milliseconds of a monotonic clock. */
  readonly clock: () => number;
  /** Milliseconds since 1970, which other gateways share. */
  readonly wallClock: () => number;
}

/** What was predicted for the requests sent so far, in prompt tokens. */
export interface PredictedTokens {
  cached: number;
  uncached: number;
}

/** A request that an engine has in hand. */
export interface SentRequest {
  /** The first byte of its streamed response came. */
  firstToken(): void;
  /** It is over, however that came. */
  end(): void;
}

interface Member {
  readonly replica: Replica;
  /** Blocks used before it, in seconds since 1970, are gone: its process began then, or it was found dead. */
  heldSince: number;
  startedAt: number | undefined;
}

/** Which engine of one pool gets a request: the living ones' load and what their caches probably hold. */
export class PoolRouting {
  readonly predicted: PredictedTokens = { cached: 0, uncached: 0 };
  readonly #options: PoolRoutingOptions;
  readonly #router = new ReplicaRouter({
    tokensPerBlock: TOKENS_PER_BLOCK,
    blocksPerReplica: DEFAULT_BLOCKS,
    prefillTokensPerSecond: DEFAULT_PREFILL_TOKENS_PER_SECOND,
    slowStartMs: SLOW_START_MS,
  });
  readonly #members = new Map<Engine, Member>();
  readonly #known = new WeakSet<Engine>();

  constructor(options: PoolRoutingOptions) {
    this.#options = options;
  }

  /** Blocks of prompts that at least one engine probably holds. */
  get indexedBlocks(): number {
    return this.#router.index.size;
  }

  /** Engines that are alive. */
  get members(): readonly Engine[] {
    return [...this.#members.keys()];
  }

  /** An engine became healthy, for the first time or again. */
  joined(engine: Engine): void {
    if (this.#members.has(engine)) return;
    const others = [...this.#members.values()].map(({ replica }) => replica);
    const replica = this.#router.add(engine.id, this.#options.clock(), others);
    // Not what was used in the very second in which it was found dead.
    const heldSince = this.#known.has(engine) ? this.#seconds() + 1 : 0;
    this.#members.set(engine, { replica, heldSince, startedAt: undefined });
    this.#known.add(engine);
  }

  /** An engine is unhealthy, or not part of the pool any more: its cache counts as lost. */
  left(engine: Engine): void {
    const member = this.#members.get(engine);
    if (member === undefined) return;
    this.#members.delete(engine);
    this.#router.remove(member.replica);
  }

  /** An engine reported its load. */
  report(engine: Engine, { kvCacheTokens, startedAt, ...load }: EngineLoad): void {
    const member = this.#members.get(engine);
    if (member === undefined) return;
    const { replica } = member;
    replica.report({ ...load, at: this.#options.clock() });
    if (startedAt !== undefined) {
      // It can have restarted between two probes, and neither of them saw it.
      const hasRestarted = member.startedAt !== undefined && startedAt > member.startedAt + 1;
      if (hasRestarted) this.#router.index.clear(replica.number);
      member.startedAt = startedAt;
      member.heldSince = startedAt;
    }
    if (kvCacheTokens === undefined) return;
    const blocks = Math.ceil(kvCacheTokens / TOKENS_PER_BLOCK);
    this.#router.index.setCapacity(replica.number, Math.min(Math.max(blocks, 1), MAX_BLOCKS_PER_ENGINE));
  }

  /** The best of these engines for the request; `undefined` when none of them is alive. */
  choose(request: GenerationRequest, engines: readonly Engine[]): Engine | undefined {
    const [first] = engines;
    if (first === undefined || engines.length === 1) return first && this.#members.has(first) ? first : undefined;
    const members: Engine[] = [];
    const replicas: Replica[] = [];
    for (const engine of engines) {
      const member = this.#members.get(engine);
      if (member === undefined) continue;
      members.push(engine);
      replicas.push(member.replica);
    }
    if (replicas.length < 2) return members[0];
    const best = this.#router.choose(this.#promptOf(request), replicas, this.#options.clock(), this.#seconds());
    return best === undefined ? undefined : members[replicas.indexOf(best)];
  }

  /** The request goes to the engine: its blocks are there from now on. */
  sent(engine: Engine, request: GenerationRequest): SentRequest | undefined {
    const member = this.#members.get(engine);
    if (member === undefined) return undefined;
    const { clock } = this.#options;
    const prompt = this.#promptOf(request);
    const ticket = this.#router.send(prompt, member.replica, {
      now: clock(),
      usedAt: this.#seconds(),
      isStream: request.stream,
    });
    this.predicted.uncached += ticket.uncachedTokens;
    this.predicted.cached += prompt.tokens - ticket.uncachedTokens;
    return { firstToken: () => ticket.firstToken(clock()), end: () => ticket.end(clock()) };
  }

  /** What the engine's cache probably holds, newest first. */
  blocksOf(engine: Engine): Iterable<BlockUse> {
    const member = this.#members.get(engine);
    return member === undefined ? [] : this.#router.index.entriesOf(member.replica.number);
  }

  /** Takes over what was saved of the engine's cache, newest first. */
  restore(engine: Engine, blocks: readonly BlockUse[]): void {
    const member = this.#members.get(engine);
    if (member === undefined) return;
    const held = blocks.filter(({ usedAt }) => usedAt >= member.heldSince);
    this.#router.index.merge(member.replica.number, held);
  }

  #promptOf(request: GenerationRequest): RoutedPrompt {
    const { hasher, model } = this.#options;
    const known = request.routedPrompts.get(model);
    if (known !== undefined) return known;
    const prompt = {
      // A client may name an adapter of the pool's model.
      blocks: hasher.blocks(request.fields, { tenant: request.tenant, model, adapter: request.model }),
      tokens: request.promptTokensEstimate,
    };
    request.routedPrompts.set(model, prompt);
    return prompt;
  }

  #seconds(): number {
    return Math.floor(this.#options.wallClock() / 1000);
  }
}
