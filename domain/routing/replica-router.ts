import { PrefixIndex } from "./prefix-index.ts";
import type { PromptBlocks } from "./prompt-blocks.ts";
import { rendezvousSeed, rendezvousWeight } from "./rendezvous.ts";
import { Replica } from "./replica.ts";
import { Ticket } from "./ticket.ts";

export interface ReplicaRouterOptions {
  /** Tokens of one block. */
  readonly tokensPerBlock: number;
  /** Blocks stored for a replica until it reports the size of its cache. */
  readonly blocksPerReplica: number;
  /** Prefill speed of a replica, until it is measured. */
  readonly prefillTokensPerSecond: number;
  /** Time in which a new replica counts as slower than it is: its first steps compile, its caches are cold. */
  readonly slowStartMs: number;
}

export interface RoutedPrompt {
  readonly blocks: PromptBlocks;
  /** The whole prompt, estimated. */
  readonly tokens: number;
}

/** Times closer than this are equal: then the rendezvous order decides, which is the same in other gateways. */
const TIE_SECONDS = 0.001;
/** Factor of a new replica's speed at first. */
const SLOWEST_START = 0.1;

/** Chooses for each request of a pool the replica that will probably send the first token first. */
export class ReplicaRouter {
  readonly index = new PrefixIndex();
  readonly #options: ReplicaRouterOptions;
  #matched = new Int32Array(0);
  #seconds = new Float64Array(0);
  #costs = new Float64Array(0);

  constructor(options: ReplicaRouterOptions) {
    this.#options = options;
  }

  /** @param others the pool's other replicas, for estimates of a new one */
  add(id: string, now: number, others: Iterable<Replica> = []): Replica {
    const { blocksPerReplica, prefillTokensPerSecond } = this.#options;
    const number = this.index.add(blocksPerReplica);
    if (number >= this.#matched.length) this.#matched = new Int32Array(number + 1);
    const speeds = [...others].map((other) => other.prefillTokensPerSecond).sort((a, b) => a - b);
    const median = speeds[speeds.length >> 1] ?? prefillTokensPerSecond;
    return new Replica({ id, number, seed: rendezvousSeed(id), since: now, prefillTokensPerSecond: median });
  }

  remove(replica: Replica): void {
    this.index.remove(replica.number);
  }

  /**
   * Among `replicas`, which must have a free slot, the one with the least predicted time to the first token.
   * @param now milliseconds of the gateway's clock @param usedAt seconds since 1970
   */
  choose(prompt: RoutedPrompt, replicas: readonly Replica[], now: number, usedAt: number): Replica | undefined {
    const { keys, affinityKey } = prompt.blocks;
    this.index.match(keys, this.#matched);
    if (keys.length >= this.#costs.length) this.#costs = new Float64Array(keys.length * 2 + 1);
    this.index.readingCosts(keys, usedAt, this.#costs);
    const { tokensPerBlock } = this.#options;
    const rest = Math.max(1, prompt.tokens - keys.length * tokensPerBlock);
    if (replicas.length > this.#seconds.length) this.#seconds = new Float64Array(replicas.length * 2);
    let least = Number.POSITIVE_INFINITY;
    for (let at = 0; at < replicas.length; at++) {
      const replica = replicas[at];
      if (replica === undefined) continue;
      const tokens = (this.#costs[this.#matched[replica.number] ?? 0] ?? 0) * tokensPerBlock + rest;
      const seconds = replica.predictSeconds(tokens, now) / this.#startShare(replica, now);
      this.#seconds[at] = seconds;
      if (seconds < least) least = seconds;
    }
    const limit = least + TIE_SECONDS;
    let best: Replica | undefined;
    let bestWeight = -1;
    for (let at = 0; at < replicas.length; at++) {
      const replica = replicas[at];
      if (replica === undefined || (this.#seconds[at] ?? 0) > limit) continue;
      const weight = rendezvousWeight(affinityKey, replica.seed);
      if (weight > bestWeight) {
        best = replica;
        bestWeight = weight;
      }
    }
    return best;
  }

  /** Records that the request is sent to `replica`: counts its work and stores its blocks. @param usedAt seconds since 1970 */
  send(prompt: RoutedPrompt, replica: Replica, options: { now: number; usedAt: number; isStream: boolean }): Ticket {
    const { keys } = prompt.blocks;
    this.index.match(keys, this.#matched);
    const uncachedTokens = this.#uncached(prompt, this.#matched[replica.number] ?? 0);
    this.index.use(replica.number, keys, options.usedAt);
    return new Ticket({ replica, startedAt: options.now, uncachedTokens, isStream: options.isStream });
  }

  /** An engine computes at least the last token, however much it has cached. */
  #uncached({ tokens }: RoutedPrompt, matchedBlocks: number): number {
    return Math.max(1, tokens - matchedBlocks * this.#options.tokensPerBlock);
  }

  #startShare({ since }: Replica, now: number): number {
    const { slowStartMs } = this.#options;
    if (now - since >= slowStartMs) return 1;
    return Math.max(SLOWEST_START, (now - since) / slowStartMs);
  }
}
