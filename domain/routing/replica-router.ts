import { PrefixIndex } from "./prefix-index.ts";
import type { PromptBlocks } from "./prompt-blocks.ts";
import { rendezvousSeed, rendezvousWeight } from "./rendezvous.ts";
import { Replica } from "./replica.ts";
import { Ticket } from "./ticket.ts";

export interface ReplicaRouterOptions {
  /** Tokens that one block key stands for. */
  readonly tokensPerBlock: number;
  /** Blocks remembered for a replica until it says how large its cache is. */
  readonly blocksPerReplica: number;
  /** Speed at which a replica reads prompts, until it was measured. */
  readonly prefillTokensPerSecond: number;
  /** How long a new replica counts as slower than it is: its first steps compile, its caches are cold. */
  readonly slowStartMs: number;
}

export interface RoutedPrompt {
  readonly blocks: PromptBlocks;
  /** The whole prompt, estimated. */
  readonly tokens: number;
}

/** Times closer than this are the same: then the rendezvous order decides, which other gateways know too. */
const TIE_SECONDS = 0.001;
/** What a replica's speed counts for in its first moment. */
const SLOWEST_START = 0.1;

/** Sends each request of a pool to the replica that will probably answer first. */
export class ReplicaRouter {
  readonly index = new PrefixIndex();
  readonly #options: ReplicaRouterOptions;
  #matched = new Int32Array(0);
  #seconds = new Float64Array(0);
  #costs = new Float64Array(0);

  constructor(options: ReplicaRouterOptions) {
    this.#options = options;
  }

  /** @param others what the pool's other replicas have taught us of this kind */
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
   * Among `replicas`, which must be free to take it, the one with the least predicted time to the first token.
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

  /** The request goes to `replica`: counts its work there and remembers its blocks. @param usedAt seconds since 1970 */
  send(prompt: RoutedPrompt, replica: Replica, options: { now: number; usedAt: number; isStream: boolean }): Ticket {
    const { keys } = prompt.blocks;
    this.index.match(keys, this.#matched);
    const uncachedTokens = this.#uncached(prompt, this.#matched[replica.number] ?? 0);
    this.index.use(replica.number, keys, options.usedAt);
    return new Ticket({ replica, startedAt: options.now, uncachedTokens, isStream: options.isStream });
  }

  /** An engine reads at least the last token, whatever it has cached. */
  #uncached({ tokens }: RoutedPrompt, matchedBlocks: number): number {
    return Math.max(1, tokens - matchedBlocks * this.#options.tokensPerBlock);
  }

  #startShare({ since }: Replica, now: number): number {
    const { slowStartMs } = this.#options;
    if (now - since >= slowStartMs) return 1;
    return Math.max(SLOWEST_START, (now - since) / slowStartMs);
  }
}
