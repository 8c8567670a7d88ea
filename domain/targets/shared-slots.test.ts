import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SharedSlots, type Slots } from "./shared-slots.ts";

/** The same provider's slots in each of some threads, with a clock that the test moves. */
function threads(count: number, maxInFlight: number, requests?: number) {
  const clock = { now: 1000 };
  const memory = SharedSlots.memory(count);
  const rate = requests === undefined ? undefined : { requests, windowMs: 60_000 };
  const of = (thread: number, name = "openai") =>
    new SharedSlots(memory, { threads: count, thread }).of(name, { maxInFlight, rate }, () => clock.now);
  return { clock, memory, of, all: Array.from({ length: count }, (_, thread) => of(thread)) };
}

const take = (slots: Slots | undefined) => slots?.tryTake();

describe("slots that threads share", () => {
  test("never more than the limit are taken, in any order of takes and releases by any threads", () => {
    void fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.record({ thread: fc.nat(2), isTake: fc.boolean(), ms: fc.nat(60) }), { maxLength: 100 }),
        (limit, steps) => {
          const { clock, all } = threads(3, limit);
          const held: { readonly thread: number; readonly release: () => void }[] = [];
          for (const { thread, isTake, ms } of steps) {
            clock.now += ms;
            const slots = all[thread];
            if (isTake) {
              const hadRoom = slots?.hasCapacity;
              const release = take(slots);
              expect(release !== undefined).toBe(hadRoom);
              if (release !== undefined) held.push({ thread, release });
            } else {
              const index = held.findIndex((one) => one.thread === thread);
              held.splice(index, index < 0 ? 0 : 1).forEach(({ release }) => {
                release();
                release();
              });
            }
            expect(held.length).toBeLessThanOrEqual(limit);
            for (const one of all) expect(one.inFlight).toBe(held.length);
          }
        },
      ),
    );
  });

  test("are half of those in progress in all threads once one of them sees a refusal, and grow again by responses", () => {
    const { clock, all } = threads(2, 8);
    const releases = Array.from({ length: 6 }, (_, index) => take(all[index % 2]));
    all[0]?.sawRefusal();
    expect(all.map(({ hasCapacity }) => hasCapacity)).toEqual([false, false]);
    for (const release of releases.slice(0, 4)) release?.();
    clock.now += 200;
    expect(take(all[1])).toBeDefined(); // the third
    expect(all.map(({ hasCapacity }) => hasCapacity)).toEqual([false, false]);
    clock.now += 10_000;
    for (let served = 0; served < 3; served++) all[served % 2]?.sawResponse();
    expect(take(all[0])).toBeDefined();
    expect(all.map(({ hasCapacity }) => hasCapacity)).toEqual([false, false]);
  });

  test("no window holds more than the rate limit, all threads together", () => {
    void fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 40 }),
        fc.array(fc.record({ thread: fc.nat(2), ms: fc.integer({ min: 0, max: 20_000 }) }), { maxLength: 150 }),
        (requests, steps) => {
          const { clock, all } = threads(3, 1000, requests);
          const taken: number[] = [];
          for (const { thread, ms } of steps) {
            clock.now += ms;
            if (take(all[thread]) !== undefined) taken.push(clock.now);
            expect(taken.filter((at) => at > clock.now - 60_000).length).toBeLessThanOrEqual(requests);
          }
        },
      ),
    );
  });

  test("a thread with a waiting request gets the next slot before the thread that released it", () => {
    const { clock, all } = threads(2, 1);
    const [one, other] = all;
    for (let turn = 0; turn < 3; turn++) {
      const release = take(one);
      expect(other?.hasCapacity).toBe(false);
      clock.now += 10;
      release?.();
      expect(one?.hasCapacity).toBe(false);
      const otherGivesBack = take(other);
      expect(otherGivesBack).toBeDefined();
      clock.now += 200; // no request waits any more
      otherGivesBack?.();
    }
  });

  test("a slot that no waiting thread takes is reserved for a moment only", () => {
    const { clock, all } = threads(2, 1);
    const [one, other] = all;
    const release = take(one);
    expect(other?.hasCapacity).toBe(false);
    release?.();
    clock.now += 80;
    expect(one?.hasCapacity).toBe(true);
  });

  test("slots of a failed thread are free for its successor, and slots of the others are not", () => {
    const { of, all } = threads(2, 3);
    take(all[0]);
    take(all[0]);
    take(all[1]);
    expect(of(0).inFlight).toBe(1);
  });

  test("providers have slots of their own; more than the table holds are counted by each thread alone", () => {
    const { of, memory } = threads(2, 1);
    take(of(0, "a"));
    expect([of(1, "a").hasCapacity, of(1, "b").hasCapacity]).toEqual([false, true]);
    const limits = { maxInFlight: 1, rate: undefined };
    const table = new SharedSlots(memory, { threads: 2, thread: 1 });
    for (let index = 0; index < 300; index++) table.of(`p${index}`, limits, () => 1);
    const late = table.of("late", limits, () => 1);
    take(late);
    expect([late.hasCapacity, of(0, "late").hasCapacity]).toEqual([false, true]);
  });
});
