import { describe, expect, test } from "vitest";
import { RequestLimit } from "../http/request-limit.ts";
import { SlotPool } from "./slot-pool.ts";

const never = new AbortController().signal;
const pool = (names: string[], held: Record<string, number> = {}) => new SlotPool(names, (name) => held[name] ?? 0);

describe("slot pool", () => {
  test("assigns the slot that holds most of the prompt, else the slot that is idle longest", async () => {
    const slots = pool(["a", "b", "c"], { c: 40 });
    expect(await slots.acquire([], never)).toBe("c");
    expect(await slots.acquire([], never)).toBe("a");
    slots.release("a");
    expect(await slots.acquire([], never)).toBe("b");
  });

  test("serves waiting requests in the order of their arrival", async () => {
    const slots = pool(["a"]);
    const order: number[] = [];
    await slots.acquire([], never);
    const waiting = [1, 2, 3].map(async (number) => {
      const slot = await slots.acquire([], never);
      order.push(number);
      slots.release(slot);
    });
    expect(slots.waiting).toBe(3);
    slots.release("a");
    await Promise.all(waiting);
    expect(order).toEqual([1, 2, 3]);
    expect([slots.running, slots.waiting]).toEqual([0, 0]);
  });

  test("an aborted waiter leaves the queue and gets no slot", async () => {
    const slots = pool(["a"]);
    await slots.acquire([], never);
    const leaving = new AbortController();
    const gone = slots.acquire([], leaving.signal);
    leaving.abort(new Error("left"));
    await expect(gone).rejects.toThrow("left");
    expect(slots.waiting).toBe(0);
    slots.release("a");
    expect(slots.running).toBe(0);
    await expect(slots.acquire([], leaving.signal)).rejects.toThrow("left");
  });

  test("a slot can't be released twice", async () => {
    const slots = pool(["a"]);
    slots.release(await slots.acquire([], never));
    expect(() => slots.release("a")).toThrow("released that was not in use");
  });
});

describe("request limit", () => {
  test("refuses the request over the limit with `overloaded`, and accepts the next one after one has ended", () => {
    const requestLimit = new RequestLimit(2);
    const leave = requestLimit.enter();
    requestLimit.enter();
    expect(() => requestLimit.enter()).toThrow(expect.objectContaining({ code: "overloaded" }));
    leave();
    leave();
    requestLimit.enter();
    expect(() => requestLimit.enter()).toThrow(/holds 2 of 2 requests/);
  });
});
