import { expect, test } from "vitest";
import { FailurePauses } from "./failure-pauses.ts";
import { SemanticCache } from "./semantic-cache.ts";

function paused() {
  const clock = { now: 0 };
  const pauses = new FailurePauses(() => clock.now);
  const call = (outcome: "worked" | "failed" | "none") => {
    const may = pauses.mayCall();
    if (may) pauses.ended(outcome);
    return may;
  };
  return { clock, pauses, call };
}

test("five failures in a row stop the calls for a second, then for twice as long each time, up to a minute", () => {
  const { clock, call } = paused();
  for (let count = 0; count < 5; count++) expect(call("failed")).toBe(true);
  for (const seconds of [1, 2, 4, 8, 16, 32, 60, 60]) {
    expect(call("failed")).toBe(false);
    clock.now += seconds * 1000 - 1;
    expect(call("failed")).toBe(false);
    clock.now += 1;
    expect(call("failed")).toBe(true);
  }
});

test("one call at a time tries after a pause, and a success ends the pauses", () => {
  const { clock, pauses, call } = paused();
  for (let count = 0; count < 5; count++) call("failed");
  clock.now += 1000;
  expect([pauses.mayCall(), pauses.mayCall()]).toEqual([true, false]);
  pauses.ended("worked");
  for (let count = 0; count < 4; count++) expect(call("failed")).toBe(true);
  expect([call("worked"), call("failed"), call("failed")]).toEqual([true, true, true]);
});

test("calls that were under way when the pause began make it no longer", () => {
  const { clock, pauses, call } = paused();
  for (let count = 0; count < 30; count++) expect(pauses.mayCall()).toBe(true);
  for (let count = 0; count < 30; count++) pauses.ended("failed");
  expect(call("failed")).toBe(false);
  clock.now += 1000;
  expect(call("failed")).toBe(true);
});

test("a try that showed nothing leaves the next one free", () => {
  const { clock, call } = paused();
  for (let count = 0; count < 5; count++) call("failed");
  clock.now += 1000;
  expect([call("none"), call("none"), call("failed"), call("none")]).toEqual([true, true, true, false]);
});

test("prompts do not wait for an embedding model that hangs, once it has hung five times", async () => {
  let calls = 0;
  const embed = (_text: string, signal: AbortSignal) => {
    calls++;
    return new Promise<Float32Array>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  };
  const cache = new SemanticCache({ embed, threshold: 0.9, maxEntries: 10, timeoutMs: 5, now: () => 0 });
  for (let count = 0; count < 20; count++)
    await cache.lookup("context", `prompt ${count}`, new AbortController().signal);
  expect(calls).toBe(5);
});

test("a client that leaves does not count against the embedding model", async () => {
  let calls = 0;
  const embed = async () => {
    calls++;
    throw new Error("aborted");
  };
  const cache = new SemanticCache({ embed, threshold: 0.9, maxEntries: 10, now: () => 0 });
  for (let count = 0; count < 20; count++) await cache.lookup("context", "prompt", AbortSignal.abort());
  expect(calls).toBe(20);
});
