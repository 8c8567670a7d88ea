import { expect, it } from "vitest";
import type { PendingWork } from "../../../domain/tenancy/pending-marks.ts";
import { seededRandom } from "../../../lib/seeded-random.ts";
import { fairOrder } from "./fair-order.ts";

function works(organizationId: string, count: number): readonly PendingWork[] {
  return Array.from({ length: count }, (_, index) => ({ kind: "retention", organizationId, id: `project-${index}` }));
}

it("reaches each organisation before any one's second record, whatever the order of the marks", () => {
  for (let seed = 0; seed < 200; seed++) {
    const waiting = [...works("org-a", 300), ...works("org-b", 1), ...works("org-c", 2)];
    const order = fairOrder(waiting, seededRandom(seed));
    expect(new Set(order.slice(0, 3).map(({ organizationId }) => organizationId)).size).toBe(3);
    expect(order.toSorted(byKey)).toEqual(waiting.toSorted(byKey));
  }
});

it("begins with another record in other rounds, so that slow ones at the beginning do not end each run", () => {
  const waiting = works("org-a", 20);
  const random = seededRandom(1);
  const first = Array.from({ length: 500 }, () => fairOrder(waiting, random)[0]?.id);
  expect(new Set(first).size).toBe(20);
});

function byKey(a: PendingWork, b: PendingWork): number {
  return `${a.organizationId} ${a.id}`.localeCompare(`${b.organizationId} ${b.id}`);
}
