import { PRIORITIES } from "../../contracts/processes/priority.ts";
import type { AdmissionQueue } from "../../domain/admission/admission-queue.ts";
import type { Plan } from "../core/plan.ts";
import type { WaitingRequest } from "./waiting-request.ts";

/** Sets of targets whose queues are remembered, with how fast they empty. */
const MAX_QUEUES = 256;

/** The requests that wait for the same targets. */
export interface TargetQueue {
  readonly key: string;
  readonly targets: ReadonlySet<string>;
  readonly queue: AdmissionQueue<WaitingRequest>;
  /**
   * Its engines refused for capacity, though by our count they have some: no request is sent there before this time.
   */
  pausedUntil: number;
}

/** All queues of a thread. Of those whose first requests are equally important the first is served next, and goes to the end. */
export class TargetQueues {
  /** By the targets' ids. */
  readonly #queues = new Map<string, TargetQueue>();
  readonly #newQueue: () => AdmissionQueue<WaitingRequest>;

  constructor(newQueue: () => AdmissionQueue<WaitingRequest>) {
    this.#newQueue = newQueue;
  }

  [Symbol.iterator](): Iterator<TargetQueue> {
    return this.#queues.values();
  }

  /** The queue of these targets, if a request has ever waited for them. */
  find(plan: Plan): TargetQueue | undefined {
    return this.#queues.get(queueKey(plan));
  }

  /** The queue of these targets. */
  of(plan: Plan): TargetQueue {
    const key = queueKey(plan);
    const known = this.#queues.get(key);
    if (known !== undefined) return known;
    if (this.#queues.size >= MAX_QUEUES)
      for (const [other, { queue }] of this.#queues) if (queue.size === 0) this.#queues.delete(other);
    const made = { key, targets: new Set(plan.targets.map(({ id }) => id)), queue: this.#newQueue(), pausedUntil: 0 };
    this.#queues.set(key, made);
    return made;
  }

  /** The queue outside `stuck` with the most important first request; `undefined` when no request waits there. */
  next(stuck: ReadonlySet<TargetQueue>): TargetQueue | undefined {
    let best: TargetQueue | undefined;
    let bestRank = Number.POSITIVE_INFINITY;
    for (const candidate of this) {
      const { next } = candidate.queue;
      const rank = next === undefined || stuck.has(candidate) ? bestRank : PRIORITIES.indexOf(next.priority);
      if (rank >= bestRank) continue;
      best = candidate;
      bestRank = rank;
    }
    return best;
  }

  /** It was served. */
  toEnd(served: TargetQueue): void {
    this.#queues.delete(served.key);
    this.#queues.set(served.key, served);
  }
}

/** Requests with the same targets, in whatever order, wait together: any of them can use the slot of any other. */
function queueKey({ targets }: Plan): string {
  if (targets.length === 1) return targets[0].id;
  return targets
    .map(({ id }) => id)
    .sort()
    .join(" ");
}
