import { expect, test } from "vitest";
import { type BranchTurn, followersOf, newestEnd, pathOf } from "./branches.ts";

const turn = (id: number, after?: number): BranchTurn => ({ id, after });
/** 1 → 2 → 3, an edit of 2 as 4 → 5, and an edit of 1 as 6. */
const ALL = [turn(1), turn(2, 1), turn(3, 2), turn(4, 1), turn(5, 4), turn(6)];
const ids = (turns: readonly BranchTurn[]) => turns.map(({ id }) => id);

test("the branch that is shown is that of its last turn", () => {
  expect(ids(pathOf({ all: ALL, tip: 3 }))).toEqual([1, 2, 3]);
  expect(ids(pathOf({ all: ALL, tip: 5 }))).toEqual([1, 4, 5]);
  expect(pathOf({ all: ALL, tip: undefined })).toEqual([]);
});

test("turns that follow the same one are each other's branches, first ones too", () => {
  expect(ids(followersOf(ALL, 1))).toEqual([2, 4]);
  expect(ids(followersOf(ALL, undefined))).toEqual([1, 6]);
});

test("a switch leads to the end of the newest branch", () => {
  expect([newestEnd(ALL, 1), newestEnd(ALL, 2), newestEnd(ALL, 6)]).toEqual([5, 3, 6]);
});
