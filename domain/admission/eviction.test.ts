import { describe, expect, test } from "vitest";
import { QueueBudget } from "./queue-budget.ts";
import { enter, newQueue, request } from "./test/waiting-requests.ts";

describe("a full admission queue", () => {
  test("a critical request evicts the newest batch one from a full queue, and a normal one if there is no batch", () => {
    const queue = newQueue();
    const batch = Array.from({ length: 2 }, () => request({ priority: "batch" }));
    const normal = Array.from({ length: 8 }, () => request());
    for (const item of [...batch, ...normal]) enter(queue, item);
    const evicted = Array.from({ length: 3 }, () => enter(queue, request({ priority: "critical" })));
    expect(evicted.flat()).toEqual([batch[1], batch[0], normal[7]]);
  });

  test("reserves batch requests their share of the budget, so that they can't all be evicted or refused", () => {
    const queue = newQueue(new QueueBudget({ maxRequests: 100, maxBytes: 1e6, isShared: false }));
    for (let index = 0; index < 100; index++) queue.offer(request({ priority: index < 20 ? "batch" : "normal" }), 0);
    for (let index = 0; index < 200; index++)
      queue.offer(request({ priority: index % 2 === 0 ? "critical" : "normal" }), 0);
    expect(queue.use("batch").requests).toBe(5);
    expect(queue.size).toBe(100);
    while (queue.next !== undefined) queue.take(0);
    for (let index = 0; index < 200; index++) queue.offer(request(), 0);
    expect(queue.size).toBe(95);
    enter(queue, request({ priority: "batch" }));
  });

  test("a tenant with fewer waiting requests evicts the newest of the one with the most, as long as it then has no more", () => {
    const queue = newQueue();
    const many = Array.from({ length: 10 }, () => request({ tenant: "many" }));
    for (const item of many) enter(queue, item);
    const evicted = Array.from({ length: 5 }, () => enter(queue, request({ tenant: "few" })));
    expect(evicted.flat()).toEqual(many.slice(5).toReversed());
    expect(queue.offer(request({ tenant: "few" }), 0)).toEqual({ outcome: "full" });
    expect(queue.offer(request({ tenant: "many" }), 0)).toEqual({ outcome: "full" });
  });

  test("a share evicts the newest of the one with most for its weight, whichever tenant has it, as long as that then has no less", () => {
    const queue = newQueue();
    const [light, heavy] = [
      { id: "light", weight: 1 },
      { id: "heavy", weight: 4 },
    ];
    const first = Array.from({ length: 10 }, (_, index) => request({ share: light, tenant: index < 4 ? "a" : "b" }));
    for (const item of first) enter(queue, item);
    const evicted = Array.from({ length: 8 }, () => enter(queue, request({ share: heavy, tenant: "c" })));
    expect(evicted.flat()).toHaveLength(8);
    expect(evicted.flat().slice(0, 2)).toEqual([first[9], first[8]]);
    expect(queue.offer(request({ share: heavy, tenant: "c" }), 0)).toEqual({ outcome: "full" });
    expect(queue.offer(request({ share: light, tenant: "a" }), 0)).toEqual({ outcome: "full" });
  });

  test("evicts no request of its own tenant, and none at all when that would not be enough", () => {
    const queue = newQueue();
    for (let index = 0; index < 9; index++) enter(queue, request({ bytes: 100 }));
    enter(queue, request({ priority: "batch", bytes: 10 }));
    expect(queue.offer(request({ bytes: 500 }), 0)).toEqual({ outcome: "full" });
    expect(queue.size).toBe(10);
    expect(queue.offer(request({ priority: "batch" }), 0)).toEqual({ outcome: "full" });
    expect(enter(queue, request())).toHaveLength(1);
    expect(queue.offer(request(), 0)).toEqual({ outcome: "full" });
  });

  test("a request put back into a queue that filled up meanwhile replaces the newest of its priority", () => {
    const queue = newQueue();
    const items = Array.from({ length: 10 }, () => request());
    for (const item of items) enter(queue, item);
    const first = queue.take(0)!;
    const newest = request({ tenant: "b" });
    enter(queue, newest);
    expect(queue.putBack(first, 0)).toEqual({ outcome: "in", evicted: [newest] });
    expect(queue.take(0)).toBe(first);
  });

  test("a request put back into a queue full of more important requests is refused", () => {
    const queue = newQueue();
    const batch = request({ priority: "batch" });
    enter(queue, batch);
    queue.take(0);
    for (let index = 0; index < 10; index++) enter(queue, request());
    expect(queue.putBack(batch, 0)).toEqual({ outcome: "full" });
  });
});
