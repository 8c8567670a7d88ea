import type { GrantedCounter } from "./settlements.ts";

/** What requests of this process have in progress, until they are settled. */
export class OpenLeases {
  readonly #open = new Map<string, readonly GrantedCounter[]>();

  get size(): number {
    return this.#open.size;
  }

  add(lease: string, counters: readonly GrantedCounter[]): void {
    const inProgress = counters.filter(({ began, granted }) => began === 0 && granted > 0);
    if (inProgress.length > 0) this.#open.set(lease, inProgress);
  }

  delete(lease: string): void {
    this.#open.delete(lease);
  }

  /** Those that may go on, in parts of some hundred. @param now by the clock of this process */
  parts(now: number, most: number): readonly (readonly GrantedCounter[])[] {
    const parts: GrantedCounter[][] = [];
    for (const [lease, counters] of this.#open) {
      if (counters.some(({ endsAt }) => endsAt <= now)) this.#open.delete(lease);
      else if (parts.length === 0 || (parts.at(-1)?.length ?? 0) + counters.length > most) parts.push([...counters]);
      else parts.at(-1)?.push(...counters);
    }
    return parts;
  }
}

/** Keys and arguments of the function that renews. @param leaseMs longest time until they are renewed again */
export function renewArguments(
  counters: readonly GrantedCounter[],
  now: number,
  leaseMs: number,
): readonly (string | number)[] {
  return [
    counters.length,
    ...counters.map(({ key }) => key),
    ...counters.flatMap(({ lease, granted, endsAt }) => [lease, granted, Math.ceil(Math.min(leaseMs, endsAt - now))]),
  ];
}
