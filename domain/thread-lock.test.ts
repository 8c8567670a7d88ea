import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { locked } from "./thread-lock.ts";

/** A thread that shares cells of 32 bits: cell 0 is the lock. */
function thread(memory: SharedArrayBuffer, work: string): Worker {
  const code = `
    const { workerData } = require("node:worker_threads");
    import(${JSON.stringify(new URL("./thread-lock.ts", import.meta.url).href)}).then(({ locked }) => {
      const cells = new Int32Array(workerData);
      ${work}
    });`;
  return new Worker(code, { eval: true, workerData: memory });
}

const ended = (worker: Worker) => new Promise((resolve) => worker.once("exit", resolve));

test("four threads that read, add and write under a lock lose no update", async () => {
  const memory = new SharedArrayBuffer(8);
  const work = "for (let step = 0; step < 20000; step++) locked(cells, 0, () => { cells[1] = cells[1] + 1; });";
  await Promise.all(Array.from({ length: 4 }, () => ended(thread(memory, work))));
  expect(new Int32Array(memory)[1]).toBe(80_000);
});

test("an owner that gets no processor for 300 ms stays the owner", async () => {
  const memory = new SharedArrayBuffer(16);
  const cells = new Int32Array(memory);
  const slow = thread(
    memory,
    `locked(cells, 0, () => {
      const before = cells[1];
      Atomics.store(cells, 2, 1);
      Atomics.notify(cells, 2);
      Atomics.wait(cells, 3, 0, 300);
      cells[1] = before + 1;
    });`,
  );
  Atomics.wait(cells, 2, 0);
  locked(cells, 0, () => {
    cells[1] = (cells[1] ?? 0) + 1;
  });
  await ended(slow);
  expect(cells[1]).toBe(2);
});

test("a lock whose owner ended within a step is taken over, once", () => {
  const cells = new Int32Array(new SharedArrayBuffer(8));
  cells[0] = 2 ** 30;
  expect(locked(cells, 0, () => cells[0])).not.toBe(2 ** 30);
  expect(cells[0]).toBe(0);
});

test("an owner whose lock was taken over does not release it", () => {
  const cells = new Int32Array(new SharedArrayBuffer(4));
  const another = 2 ** 30;
  locked(cells, 0, () => Atomics.store(cells, 0, another));
  expect(cells[0]).toBe(another);
});

test("a step that throws releases the lock", () => {
  const cells = new Int32Array(1);
  const fail = () => {
    throw new Error("step");
  };
  expect(() => locked(cells, 0, fail)).toThrow("step");
  expect(cells[0]).toBe(0);
});

test("a step within a step under the same lock is an error at once", () => {
  const cells = new Int32Array(new SharedArrayBuffer(4));
  expect(() => locked(cells, 0, () => locked(cells, 0, () => 1))).toThrow("under the same lock");
  expect(cells[0]).toBe(0);
});
