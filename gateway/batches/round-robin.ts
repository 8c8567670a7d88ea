import type { QueueEntry } from "./batch-items.ts";

/**
 * Orders the queue round robin by owner, beginning with the owner after the one served last; each owner's batches are in
 * the order of their creation. A large batch of one owner so delays no other owner's batches.
 */
export function roundRobin(queue: readonly QueueEntry[], lastOwner: string | undefined): readonly QueueEntry[] {
  const byOwner = Map.groupBy(queue, ({ owner }) => owner);
  const owners = [...byOwner.keys()];
  const next = lastOwner === undefined ? 0 : owners.indexOf(lastOwner) + 1;
  const rounds = [...owners.slice(next), ...owners.slice(0, next)].map((owner) => byOwner.get(owner) ?? []);
  const longest = Math.max(0, ...rounds.map(({ length }) => length));
  return Array.from({ length: longest }, (_, round) => rounds.flatMap((entries) => entries[round] ?? [])).flat();
}
