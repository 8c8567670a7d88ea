import type { Replica } from "../domain/routing/replica.ts";
import { ReplicaRouter } from "../domain/routing/replica-router.ts";
import type { ModelRequest, Placement, ReplicaModel } from "../test-support/replica-model.ts";

/** A policy that chooses among modelled replicas. */
export interface Policy {
  choose(request: ModelRequest): Placement;
  /** Reads the load of every engine; `now` is in seconds. */
  readonly tick?: (now: number) => void;
}

export interface PolicyOptions {
  readonly models: readonly ReplicaModel[];
  readonly tokensPerBlock: number;
  readonly cacheBlocks: number;
  /** What the router believes of the replicas' speed at first. */
  readonly prefillTokensPerSecond: number;
  /** Whether the choice leaves the prefixes out of account. @default false */
  readonly isBlind?: boolean;
}

const NO_KEYS = new Float64Array(0);

/** The gateway's own: the code of domain/routing, which learns of first tokens, ends and, every 2 s, the engines' reports. */
export function leastPredicted(options: PolicyOptions): Policy {
  const { models, tokensPerBlock, cacheBlocks, prefillTokensPerSecond, isBlind = false } = options;
  const slowStartMs = 30_000;
  const router = new ReplicaRouter({
    tokensPerBlock,
    blocksPerReplica: cacheBlocks,
    prefillTokensPerSecond,
    slowStartMs,
  });
  // They have been there for an hour.
  const replicas = models.map((_, index) => router.add(`replica-${index}`, -3_600_000));
  return {
    choose({ arrivesAt, promptTokens, blocks }) {
      const now = arrivesAt * 1000;
      const prompt = { tokens: promptTokens, blocks: { keys: blocks, affinityKey: affinityKey(blocks) } };
      const shown = isBlind ? { ...prompt, blocks: { ...prompt.blocks, keys: NO_KEYS } } : prompt;
      const replica = router.choose(shown, replicas, now, arrivesAt);
      if (replica === undefined) throw new Error("no replica was chosen among those that are all free");
      const ticket = router.send(prompt, replica, { now, usedAt: Math.floor(arrivesAt), isStream: true });
      return {
        replica: replicas.indexOf(replica),
        firstToken: (at) => ticket.firstToken(at * 1000),
        ended: (at) => ticket.end(at * 1000),
      };
    },
    tick(now) {
      for (const [index, model] of models.entries()) report(replicas[index], model, now);
    },
  };
}

function report(replica: Replica | undefined, { running, waiting }: ReplicaModel, now: number): void {
  replica?.report({ at: now * 1000, running, waiting, kvCacheUsage: 0.5 });
}

/** The second block separates conversations where all begin with the same one. */
function affinityKey(blocks: Float64Array): number {
  return blocks[1] ?? blocks[0] ?? 0;
}

/** Fewest requests in flight; equals take turns. */
export function leastLoaded({ models }: Pick<PolicyOptions, "models">): Policy {
  const inFlight = models.map(() => 0);
  let turn = 0;
  return {
    choose() {
      const fewest = Math.min(...inFlight);
      const equals = inFlight.flatMap((count, index) => (count === fewest ? [index] : []));
      const replica = equals[turn++ % equals.length] ?? 0;
      inFlight[replica] = fewest + 1;
      const ended = () => {
        inFlight[replica] = (inFlight[replica] ?? 0) - 1;
      };
      return { replica, ended };
    },
  };
}

export function roundRobin({ models }: Pick<PolicyOptions, "models">): Policy {
  let turn = 0;
  return { choose: () => ({ replica: turn++ % models.length }) };
}

/** Fewest prompt tokens in flight that are still to be read, caches unknown: the strongest rule without prefixes. */
export function leastTokens({ models }: Pick<PolicyOptions, "models">): Policy {
  const unread = models.map(() => 0);
  return {
    choose({ promptTokens }) {
      const replica = unread.indexOf(Math.min(...unread));
      unread[replica] = (unread[replica] ?? 0) + promptTokens;
      const firstToken = () => {
        unread[replica] = (unread[replica] ?? 0) - promptTokens;
      };
      return { replica, firstToken };
    },
  };
}

/** The gateway's own accounting, blind for where the prompt is cached: least work, whoever has the prefix. */
export function leastWork(options: PolicyOptions): Policy {
  return leastPredicted({ ...options, isBlind: true });
}
