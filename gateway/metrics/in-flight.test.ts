import { expect, test } from "vitest";
import { ThreadCounts } from "../../domain/thread-counts.ts";
import { InFlight } from "./in-flight.ts";

test("the requests of a thread that failed do not count when its successor begins", () => {
  const memory = ThreadCounts.memory(2);
  const other = new InFlight(new ThreadCounts(memory, 0));
  const failed = new InFlight(new ThreadCounts(memory, 1));
  other.opened();
  for (let count = 0; count < 5; count++) failed.opened();
  expect(failed.takePeak()).toBe(6);
  const successor = new InFlight(new ThreadCounts(memory, 1));
  expect(successor.own).toBe(0);
  successor.opened();
  expect([successor.takePeak(), successor.own, other.own]).toEqual([2, 1, 1]);
});

test("the peak is the most of all threads since it was taken last", () => {
  const memory = ThreadCounts.memory(2);
  const [one, two] = [0, 1].map((thread) => new InFlight(new ThreadCounts(memory, thread))) as [InFlight, InFlight];
  one.opened();
  two.opened();
  one.closed();
  expect([two.takePeak(), two.takePeak()]).toEqual([2, 1]);
});
