import { PRIORITIES } from "../../contracts/priority.ts";
import type { AdmissionQueue } from "../../domain/admission/admission-queue.ts";
import type { Plan } from "../core/plan.ts";
import type { WaitingRequest } from "./waiting-request.ts";

/** Sets of targets remembered with how fast their queues empty. */
const MAX_LINES = 256;

/** The requests that wait for the same targets. */
export interface Line {
  readonly key: string;
  readonly targets: ReadonlySet<string>;
  readonly queue: AdmissionQueue<WaitingRequest>;
  /** Its engines said that they are full, though by our count they are not: nobody is sent there before this. */
  pausedUntil: number;
}

/** All lines of a thread. Of those whose first requests are equally important the first comes next, and goes to the end. */
export class Lines {
  /** By the targets' ids. */
  readonly #lines = new Map<string, Line>();
  readonly #newQueue: () => AdmissionQueue<WaitingRequest>;

  constructor(newQueue: () => AdmissionQueue<WaitingRequest>) {
    this.#newQueue = newQueue;
  }

  [Symbol.iterator](): Iterator<Line> {
    return this.#lines.values();
  }

  /** The line of these targets, if anyone has ever waited for them. */
  find(plan: Plan): Line | undefined {
    return this.#lines.get(lineKey(plan));
  }

  /** The line of these targets. */
  of(plan: Plan): Line {
    const key = lineKey(plan);
    const known = this.#lines.get(key);
    if (known !== undefined) return known;
    if (this.#lines.size >= MAX_LINES)
      for (const [other, { queue }] of this.#lines) if (queue.size === 0) this.#lines.delete(other);
    const line = { key, targets: new Set(plan.targets.map(({ id }) => id)), queue: this.#newQueue(), pausedUntil: 0 };
    this.#lines.set(key, line);
    return line;
  }

  /** The line outside `stuck` with the most important first request; `undefined` when nobody waits there. */
  next(stuck: ReadonlySet<Line>): Line | undefined {
    let best: Line | undefined;
    let bestRank = Number.POSITIVE_INFINITY;
    for (const line of this) {
      const { next } = line.queue;
      const rank = next === undefined || stuck.has(line) ? bestRank : PRIORITIES.indexOf(next.priority);
      if (rank >= bestRank) continue;
      best = line;
      bestRank = rank;
    }
    return best;
  }

  /** It had its turn. */
  toEnd(line: Line): void {
    this.#lines.delete(line.key);
    this.#lines.set(line.key, line);
  }
}

/** Requests with the same targets, in whatever order, wait together: any of them can take the place of any other. */
function lineKey({ targets }: Plan): string {
  if (targets.length === 1) return targets[0].id;
  return targets
    .map(({ id }) => id)
    .sort()
    .join(" ");
}
