import { expect, test } from "vitest";
import type { PeopleReads } from "./people-reads.ts";
import { projectsOf } from "./person-projects.ts";

test("the named project is read beside the membership and the groups, and not after them", async () => {
  const reads: string[] = [];
  const store: Pick<PeopleReads, "get" | "listWithin" | "membershipsOf"> = {
    get: async ({ kind }) => {
      reads.push(kind);
      return undefined;
    },
    listWithin: async (kind) => {
      reads.push(kind);
      return [];
    },
    membershipsOf: async () => [],
  };
  const found = projectsOf({ user: { id: "user-a" }, newMemberships: undefined }, store, "proj_a");
  expect(reads.toSorted()).toEqual(["membership", "project", "userGroup"]);
  expect(await found).toEqual([]);
});
