import { AdmissionQueue } from "../admission-queue.ts";
import { QueueBudget } from "../queue-budget.ts";
import type { Waiting } from "../waiting.ts";

/** 10 requests of 1,000 bytes together. */
export const BOUNDS = { maxRequests: 10, maxBytes: 1000, isShared: false };

export const newQueue = (budget = new QueueBudget(BOUNDS), maxShareOfTenant = 1) =>
  new AdmissionQueue<Waiting>({ budget, maxShareOfTenant });

let arrivals = 0;
/** A waiting request, of a tenant that is a share of its own, where no other is named. */
export const request = (fields: Partial<Waiting> = {}): Waiting => ({
  tenant: "a",
  share: { id: fields.tenant ?? "a", weight: 1 },
  priority: "normal",
  tokens: 100,
  bytes: 10,
  arrivedAt: arrivals++,
  deadline: 1000,
  ...fields,
});

/** Offers it and expects that it waits. @returns the evicted requests */
export function enter(queue: AdmissionQueue<Waiting>, item: Waiting): readonly Waiting[] {
  const offer = queue.offer(item, 0);
  if (offer.outcome !== "in") throw new Error(`refused: ${offer.outcome}`);
  return offer.evicted;
}
