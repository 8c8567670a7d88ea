import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PRIORITIES, type Priority } from "../../contracts/processes/priority.ts";
import { AdmissionQueue } from "./admission-queue.ts";
import { QueueBudget } from "./queue-budget.ts";
import { BOUNDS, enter, newQueue, request } from "./test/waiting-requests.ts";
import type { Waiting } from "./waiting.ts";

const commands = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("offer" as const),
        tenant: fc.constantFrom("a", "b", "c", "d"),
        priority: fc.constantFrom(...PRIORITIES),
        tokens: fc.integer({ min: 1, max: 3000 }),
        bytes: fc.integer({ min: 1, max: 400 }),
        ttl: fc.integer({ min: 1, max: 60 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("take" as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("take and put back" as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("leave" as const), which: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("time" as const), ms: fc.integer({ min: 1, max: 30 }) }) },
  ),
  { maxLength: 120 },
);

describe("the admission queue", () => {
  // documented: queue-bounds
  test("keeps its bounds, and loses or serves twice no request, whatever happens in whatever order", () => {
    void fc.assert(
      fc.property(commands, fc.boolean(), (steps, isShared) => {
        const budget = new QueueBudget({ ...BOUNDS, isShared });
        const queue = newQueue(budget, 0.5);
        const waiting = new Set<Waiting>();
        const left = (item: Waiting) => expect(waiting.delete(item), "it was waiting, once").toBe(true);
        let now = 0;
        for (const step of steps) {
          if (step.kind === "offer") {
            const { tenant, priority, tokens, bytes, ttl } = step;
            const share = { id: tenant < "c" ? "first" : tenant, weight: tenant === "d" ? 3 : 1 };
            const item = { tenant, share, priority, tokens, bytes, arrivedAt: now, deadline: now + ttl };
            const offer = queue.offer(item, now);
            if (offer.outcome === "in") {
              for (const victim of offer.evicted) {
                const isLower = PRIORITIES.indexOf(victim.priority) > PRIORITIES.indexOf(priority);
                expect(isLower || (victim.priority === priority && victim.tenant !== tenant)).toBe(true);
                left(victim);
              }
              waiting.add(item);
            }
          } else if (step.kind === "take") {
            const next = queue.next;
            const item = queue.take(now);
            expect(item).toBe(next);
            if (item !== undefined) left(item);
            else expect(waiting.size).toBe(0);
          } else if (step.kind === "take and put back") {
            const item = queue.take(now);
            if (item === undefined) continue;
            const offer = queue.putBack(item, now);
            // A batch request that entered with less reserve than its own size may be evicted for it.
            const evicted = offer.outcome === "in" ? offer.evicted : undefined;
            expect(evicted?.every(({ priority }) => priority === "batch" && item.priority !== "batch")).toBe(true);
            evicted?.forEach(left);
          } else if (step.kind === "leave") {
            const item = [...waiting][step.which % Math.max(1, waiting.size)];
            if (item === undefined) continue;
            expect(queue.delete(item, now)).toBe(true);
            expect(queue.delete(item, now)).toBe(false);
            left(item);
          } else {
            now += step.ms;
            for (let item = queue.overdue(now); item !== undefined; item = queue.overdue(now)) {
              expect(item.deadline).toBeLessThanOrEqual(now);
              queue.delete(item, now);
              left(item);
            }
            for (const item of waiting) expect(item.deadline).toBeGreaterThan(now);
          }
          expect(new Set(queue.items())).toEqual(waiting);
          expect(queue.size).toBe(waiting.size);
          expect(budget.used.requests).toBe(waiting.size);
          expect(budget.used.requests).toBeLessThanOrEqual(BOUNDS.maxRequests);
          expect(budget.used.bytes).toBeLessThanOrEqual(BOUNDS.maxBytes);
          for (const tenant of ["a", "b", "c", "d"])
            for (const priority of PRIORITIES) {
              const own = [...waiting].filter((item) => item.tenant === tenant && item.priority === priority);
              expect(own.length).toBeLessThanOrEqual(5);
            }
        }
        while (queue.take(now) !== undefined);
        expect(budget.used).toEqual({ requests: 0, bytes: 0 });
        for (const priority of PRIORITIES) expect(queue.use(priority)).toEqual({ requests: 0, bytes: 0, tokens: 0 });
        expect(queue.overdue(Number.MAX_SAFE_INTEGER)).toBeUndefined();
      }),
    );
  });

  test("serves critical before normal and both before batch", () => {
    const queue = newQueue();
    for (const priority of ["batch", "normal", "critical", "batch", "normal"] as const)
      enter(queue, request({ priority }));
    const order = Array.from({ length: 4 }, () => queue.take(0)?.priority);
    expect(order).toEqual(["critical", "normal", "normal", "batch"]);
  });

  test("batch gets its share of the tokens however many others wait, within one request", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 20 });
    void fc.assert(
      fc.property(sizes, sizes, fc.constantFrom(0.01, 0.05, 0.3), (normal, batch, batchShare) => {
        const budget = new QueueBudget({ ...BOUNDS, maxBytes: 1e9 });
        const queue = new AdmissionQueue<Waiting>({ budget, maxShareOfTenant: 1, batchShare });
        let count = 0;
        const add = (priority: Priority) => {
          const tokens = (priority === "batch" ? batch : normal)[
            count++ % (priority === "batch" ? batch : normal).length
          ];
          enter(queue, request({ tenant: priority, priority, tokens: tokens ?? 1 }));
        };
        for (const priority of ["normal", "normal", "batch", "batch"] as const) add(priority);
        const served = { critical: 0, normal: 0, batch: 0 };
        for (let round = 0; round < 300; round++) {
          const item = queue.take(0);
          if (item === undefined) throw new Error("nothing was served");
          served[item.priority] += item.tokens;
          add(item.priority);
          const share = batchShare * (served.normal + served.batch);
          expect(Math.abs(served.batch - share)).toBeLessThanOrEqual(3000);
        }
      }),
    );
  });

  test("the share of batch is not saved up while no batch request waits", () => {
    const queue = newQueue();
    for (let round = 0; round < 100; round++) {
      enter(queue, request({ tokens: 3000 }));
      queue.take(0);
    }
    enter(queue, request({ priority: "batch" }));
    enter(queue, request());
    expect(queue.take(0)?.priority).toBe("normal");
  });

  test("a tenant over its share is refused while others are accepted", () => {
    const queue = newQueue(new QueueBudget(BOUNDS), 0.3);
    for (let index = 0; index < 3; index++) enter(queue, request());
    expect(queue.offer(request(), 0)).toEqual({ outcome: "tenant_over_share" });
    enter(queue, request({ tenant: "b" }));
    expect(enter(queue, request({ priority: "batch" })), "each priority has its own share").toEqual([]);
    queue.take(0);
    enter(queue, request());
  });

  test("a tenant's bytes count for its share too, but its only request may be larger", () => {
    const queue = newQueue(new QueueBudget(BOUNDS), 0.3);
    enter(queue, request({ bytes: 500 }));
    expect(queue.offer(request({ bytes: 1 }), 0)).toEqual({ outcome: "tenant_over_share" });
    enter(queue, request({ tenant: "b", bytes: 200 }));
    expect(queue.offer(request({ tenant: "b", bytes: 101 }), 0)).toEqual({ outcome: "tenant_over_share" });
  });

  test("returns the request whose deadline has passed, the earliest first, until it is deleted or postponed", () => {
    const queue = newQueue();
    const late = request({ deadline: 300 });
    const early = request({ deadline: 200, priority: "batch" });
    enter(queue, late);
    enter(queue, early);
    expect(queue.overdue(199)).toBeUndefined();
    expect(queue.overdue(300)).toBe(early);
    queue.postpone(early, 400);
    expect(queue.overdue(300)).toBe(late);
    queue.delete(late, 300);
    expect(queue.overdue(399)).toBeUndefined();
    expect(queue.overdue(400)).toBe(early);
  });

  test("estimates the seconds until it is empty from its recent drain rate", () => {
    const queue = newQueue(new QueueBudget({ ...BOUNDS, maxRequests: 1000, maxBytes: 1e6 }));
    expect(queue.drainSeconds(0)).toBeUndefined();
    for (let index = 0; index < 200; index++) queue.offer(request({ tokens: 50 }), 0);
    for (let second = 1; second <= 100; second++) queue.take(second * 1000);
    expect(queue.drainSeconds(100_000)).toBeCloseTo(100, -1);
  });

  test("estimates a tenant's own time from its own requests, at its part of the rate", () => {
    const queue = newQueue(new QueueBudget({ ...BOUNDS, maxRequests: 1000, maxBytes: 1e6 }));
    for (let index = 0; index < 300; index++) queue.offer(request({ tokens: 50 }), 0);
    for (let index = 0; index < 60; index++) queue.offer(request({ tenant: "b", tokens: 50 }), 0);
    for (let second = 1; second <= 60; second++) queue.take(second * 1000);
    const [own = 0, whole = 0] = [
      queue.tenantDrainSeconds(60_000, request({ tenant: "b" })),
      queue.drainSeconds(60_000),
    ];
    expect(own).toBeGreaterThan(30);
    expect(own).toBeLessThan(90);
    expect(whole).toBeGreaterThan(250);
  });
});
