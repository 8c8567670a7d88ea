import type { PendingWork } from "../../../domain/tenancy/pending-marks.ts";

/**
 * The work in an order in which no organisation has a second record before each other one has its first, and which is another
 * one in each round: neither many records of one organisation nor slow ones keep the others from ever being reached.
 * @param random 0 to under 1
 */
export function fairOrder(waiting: readonly PendingWork[], random: () => number): readonly PendingWork[] {
  const shuffled = waiting.map((work) => ({ work, at: random() })).sort((a, b) => a.at - b.at);
  const counts = new Map<string, number>();
  const turns = shuffled.map(({ work }) => {
    const turn = counts.get(work.organizationId) ?? 0;
    counts.set(work.organizationId, turn + 1);
    return { work, turn };
  });
  return turns.sort((a, b) => a.turn - b.turn).map(({ work }) => work);
}
