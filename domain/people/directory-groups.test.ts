import { describe, expect, test } from "vitest";
import { DirectoryGroups } from "../../contracts/processes/directory-groups.ts";
import { claimedGroups, groupDifferences, isHeld } from "./directory-groups.ts";

const settings = { map: { engineering: "group_a", "8f0a-oid": "group_b", admins: "group_a" } };
const HOUR = 3600;

describe("the groups of an ID token", () => {
  test.each([
    ["a list of names and object ids", { groups: ["8f0a-oid", "other", "admins"] }, ["group_b", "group_a"]],
    ["two names of one group", { groups: ["engineering", "admins"] }, ["group_a"]],
    ["one text", { groups: "engineering" }, ["group_a"]],
    ["a name in other letters", { groups: ["Engineering"] }, []],
    ["no claim, as of a person without groups", {}, []],
    ["the names of properties that every object has", { groups: ["constructor", "__proto__", "toString"] }, []],
  ])("are those of %s", (_, claims, expected) => {
    const { groupIds, problem } = claimedGroups(settings, claims);
    expect([groupIds.toSorted(), problem]).toEqual([expected.toSorted(), undefined]);
  });

  test.each([
    ["overage", { _claim_names: { groups: "src1" }, _claim_sources: { src1: { endpoint: "https://graph.example" } } }],
    ["overage", { hasgroups: true }],
    ["form", { groups: { name: "engineering" } }],
    ["form", { groups: ["engineering", 1] }],
    ["form", { groups: true }],
  ])("are none, with the problem %s, of %j", (problem, claims) => {
    expect(claimedGroups(settings, claims)).toEqual({ groupIds: [], problem });
  });

  test("are in the claim that the setting names, and a distributed claim is that of the same name", () => {
    const cognito = { ...settings, claim: "cognito:groups" };
    const claims = { "cognito:groups": ["admins"], groups: ["8f0a-oid"], _claim_names: { groups: "src1" } };
    expect(claimedGroups(cognito, claims)).toEqual({ groupIds: ["group_a"] });
  });
});

describe("a membership by an ID token", () => {
  const link = (groupId: string, heldUntil?: number) =>
    ({
      kind: "userGroup",
      version: 1,
      userId: "u",
      groupId,
      ...(heldUntil === undefined ? {} : { heldUntil }),
    }) as const;

  test("begins, ends and is renewed after half of its time; groups that the setting does not name are not touched", () => {
    const now = 1_000 * HOUR;
    const links = [link("group_a", now + 13 * HOUR), link("group_own"), link("group_b", now + 1)];
    expect(groupDifferences(settings, ["group_a"], links, now)).toEqual({ left: [links[2]], joined: [], renewed: [] });
    expect(groupDifferences(settings, ["group_a"], links, now + 2 * HOUR).renewed).toEqual([links[0]]);
    expect(groupDifferences(settings, ["group_a", "group_b"], [], now).joined).toEqual(["group_a", "group_b"]);
    // Whom an owner has put into the group, the directory takes over.
    expect(groupDifferences(settings, ["group_a"], [link("group_a")], now).renewed).toEqual([link("group_a")]);
  });

  test("holds until its end, and one that an owner has made for good", () => {
    expect([isHeld(link("g", 10), 9_999), isHeld(link("g", 10), 10_000), isHeld(link("g"), 1e15)]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

test.each([
  [{ map: {} }, "must name a group at least"],
  [{ map: { a: "engineering" } }, "must be the id of a group of the control API, group_…"],
  [
    { map: Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`g${index}`, "group_1"])) },
    "20 groups at most",
  ],
  [{ map: { a: "group_1" }, admit: "owner" }, "reader"],
  [{ map: { a: "group_1" }, holdHours: 0 }, "1"],
])("a setting of groups %j is refused with the rule: %s", (value, rule) => {
  expect(DirectoryGroups.safeParse(value).error?.message).toContain(rule);
});
