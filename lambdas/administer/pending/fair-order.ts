import type { PendingWork } from "../../../domain/tenancy/pending-marks.ts";
import { shuffled } from "../../shuffled.ts";

/**
 * The work in an order in which no organisation has a second record before each other one has its first, and which is another
 * one in each round: neither many records of one organisation nor slow ones keep the others from ever being reached.
 * @param random 0 to under 1
 */
export function fairOrder(waiting: readonly PendingWork[], random: () => number): readonly PendingWork[] {
  const counts = new Map<string, number>();
  const turns = shuffled(waiting, random).map((work) => {
    const turn = counts.get(work.organizationId) ?? 0;
    counts.set(work.organizationId, turn + 1);
    return { work, turn };
  });
  return turns.sort((a, b) => a.turn - b.turn).map(({ work }) => work);
}
