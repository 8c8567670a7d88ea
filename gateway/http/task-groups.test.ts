import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { TaskGroups } from "./task-groups.ts";

describe("groups of tasks", () => {
  test("run no task within the call that adds it, and each one once, in the order of their arrival", async () => {
    const groups = new TaskGroups();
    const ran: number[] = [];
    for (let index = 0; index < 100; index++) groups.add(() => ran.push(index));
    expect(ran).toEqual([]);
    await nextTurn();
    expect(ran).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });

  test("begin the tasks of a group together, and the next group after the promises of this one", async () => {
    const groups = new TaskGroups();
    const steps: string[] = [];
    for (let index = 0; index < 5; index++)
      groups.add(async () => {
        steps.push(`begin ${index}`);
        await Promise.resolve();
        steps.push(`end ${index}`);
      });
    await nextTurn();
    const ofGroup = (word: string, indexes: readonly number[]) => indexes.map((index) => `${word} ${index}`);
    const first = [0, 1, 2, 3];
    expect(steps).toEqual([...ofGroup("begin", first), ...ofGroup("end", first), "begin 4", "end 4"]);
  });

  test("run a task that another task adds in a later turn of the event loop", async () => {
    const groups = new TaskGroups();
    const ran: string[] = [];
    groups.add(() => {
      ran.push("first");
      groups.add(() => ran.push("second"));
    });
    await nextTurn();
    expect(ran).toEqual(["first"]);
    await nextTurn();
    expect(ran).toEqual(["first", "second"]);
  });
});
