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
  const found = projectsOf({ user: { id: "user-a" }, newMemberships: undefined }, store, 0, "proj_a");
  expect(reads.toSorted()).toEqual(["membership", "project", "userGroup"]);
  expect(await found).toEqual([]);
});

test("a membership by an ID token whose time is over gives no project", async () => {
  const link = { kind: "userGroup", version: 1, userId: "user-a", groupId: "group_a", heldUntil: 100 } as const;
  const reads: string[] = [];
  const store = {
    get: async ({ kind }: { readonly kind: string }) => {
      reads.push(kind);
      return undefined;
    },
    listWithin: async (kind: string) => (kind === "userGroup" ? [link] : []),
    membershipsOf: async () => [],
  } as Pick<PeopleReads, "get" | "listWithin" | "membershipsOf">;
  const at = (nowMs: number) => projectsOf({ user: { id: "user-a" }, newMemberships: undefined }, store, nowMs);
  await at(100_000);
  expect(reads).toEqual([]);
  await at(99_999);
  expect(reads).toEqual(["group"]);
});
