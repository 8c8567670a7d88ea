import type { QueueEntry } from "./batch-items.ts";

/**
 * Orders the queue so that owners take turns, the one behind the last served first, and each owner's batches are in the
 * order in which they came: a large batch of one holds up nobody else's.
 */
export function takeTurns(queue: readonly QueueEntry[], lastOwner: string | undefined): readonly QueueEntry[] {
  const byOwner = Map.groupBy(queue, ({ owner }) => owner);
  const owners = [...byOwner.keys()];
  const next = lastOwner === undefined ? 0 : owners.indexOf(lastOwner) + 1;
  const rounds = [...owners.slice(next), ...owners.slice(0, next)].map((owner) => byOwner.get(owner) ?? []);
  const longest = Math.max(0, ...rounds.map(({ length }) => length));
  return Array.from({ length: longest }, (_, round) => rounds.flatMap((entries) => entries[round] ?? [])).flat();
}
