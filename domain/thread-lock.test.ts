import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { locked } from "./thread-lock.ts";

test("four threads that read, add and write under a lock lose no update", async () => {
  const memory = new SharedArrayBuffer(8);
  const code = `
    const { workerData } = require("node:worker_threads");
    import(${JSON.stringify(new URL("./thread-lock.ts", import.meta.url).href)}).then(({ locked }) => {
      const cells = new Int32Array(workerData);
      for (let step = 0; step < 20000; step++) locked(cells, 0, () => { cells[1] = cells[1] + 1; });
    });`;
  const workers = Array.from({ length: 4 }, () => new Worker(code, { eval: true, workerData: memory }));
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once("exit", resolve))));
  expect(new Int32Array(memory)[1]).toBe(80_000);
});

test("a step that throws releases the lock", () => {
  const cells = new Int32Array(1);
  const fail = () => {
    throw new Error("step");
  };
  expect(() => locked(cells, 0, fail)).toThrow("step");
  expect(cells[0]).toBe(0);
});
