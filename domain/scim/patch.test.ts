import { describe, expect, test } from "vitest";
import { ScimPatchBody } from "../../contracts/scim/resources.ts";
import { parseFilter } from "./filter.ts";
import { groupPatch } from "./group-patch.ts";
import { ScimError } from "./scim-error.ts";
import { patchedUser } from "./user-patch.ts";

const before = {
  userName: "ann@example.com",
  externalId: "e1",
  displayName: "Ann",
  active: true,
  name: { givenName: "Ann" },
};
const operations = (...all: readonly object[]) => ScimPatchBody.parse({ Operations: all }).Operations;
const user = (...all: readonly object[]) => patchedUser(before, operations(...all));
const error = (scimType: string) => expect.objectContaining({ name: "ScimError", status: 400, scimType });

describe("a PATCH of a user", () => {
  test.each([
    ["Okta's, which deactivates", [{ op: "replace", value: { active: false } }], { active: false }],
    ["Entra's, which deactivates", [{ op: "Replace", path: "active", value: "False" }], { active: "False" }],
    [
      "Entra's, with dotted names and other schemas",
      [
        {
          op: "Add",
          value: {
            "name.familyName": "Lee",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department": "R&D",
          },
        },
        { op: "Replace", path: 'emails[type eq "work"].value', value: "x@example.com" },
      ],
      { name: { givenName: "Ann", familyName: "Lee" } },
    ],
    ["a removal", [{ op: "remove", path: "externalId" }], { externalId: undefined }],
    [
      "a path with its schema",
      [{ op: "replace", path: "urn:ietf:params:scim:schemas:core:2.0:User:displayName", value: "A" }],
      { displayName: "A" },
    ],
    [
      "the last of two",
      [
        { op: "replace", path: "displayName", value: "A" },
        { op: "add", value: { displayName: "B" } },
      ],
      { displayName: "B" },
    ],
  ])("%s", (_what, all, changed) => {
    expect(user(...all)).toEqual({ ...before, ...changed });
  });

  test.each([
    ["noTarget", { op: "remove" }],
    ["invalidValue", { op: "add", value: "x" }],
    ["invalidValue", { op: "add", path: "name", value: "x" }],
    ["invalidPath", { op: "add", path: "a b", value: 1 }],
    ["invalidPath", { op: "add", path: "__proto__.a.b", value: 1 }],
    ["mutability", { op: "remove", path: "userName" }],
    ["mutability", { op: "remove", path: "active" }],
  ])("is refused with %s: %j", (scimType, operation) => {
    expect(() => user(operation)).toThrow(error(scimType));
  });

  test("takes no attribute from the prototype", () => {
    expect(user({ op: "add", value: { constructor: 1, toString: 2, "name.constructor": 3 } })).toEqual(before);
  });
});

describe("a PATCH of a group", () => {
  const members = (...all: readonly object[]) => {
    const { replacesAll, added, removed } = groupPatch(operations(...all)).members;
    return [replacesAll, [...added], [...removed]];
  };

  test.each([
    [
      "adds",
      [{ op: "Add", path: "members", value: [{ value: "a" }, { value: "b", display: "B" }] }],
      [false, ["a", "b"], []],
    ],
    ["removes one, as Okta and Entra select it", [{ op: "remove", path: 'members[value eq "a"]' }], [false, [], ["a"]]],
    [
      "removes those of its value, as Entra does",
      [{ op: "Remove", path: "members", value: [{ value: "a" }] }],
      [false, [], ["a"]],
    ],
    ["removes all", [{ op: "remove", path: "members" }], [true, [], []]],
    ["replaces all", [{ op: "replace", path: "members", value: [{ value: "a" }] }], [true, ["a"], []]],
    ["adds without a path", [{ op: "add", value: { members: { value: "a" } } }], [false, ["a"], []]],
    [
      "removes after it has added",
      [
        { op: "add", path: "members", value: [{ value: "a" }] },
        { op: "remove", path: 'members[value eq "a"]' },
      ],
      [false, [], ["a"]],
    ],
    [
      "adds after it has replaced",
      [
        { op: "replace", path: "members", value: [] },
        { op: "add", path: "members", value: [{ value: "a" }] },
      ],
      [true, ["a"], []],
    ],
  ])("%s", (_what, all, expected) => {
    expect(members(...all)).toEqual(expected);
  });

  test("changes its name and its external id, as Okta and Entra do", () => {
    const okta = groupPatch(operations({ op: "replace", value: { id: "g", displayName: "New" } }));
    expect(okta.displayName).toBe("New");
    const entra = groupPatch(
      operations({ op: "Add", path: "externalId", value: "x" }, { op: "remove", path: "externalId" }),
    );
    expect(entra.externalId).toBeNull();
  });

  test.each([
    ["invalidPath", { op: "add", path: 'members[value eq "a"]', value: [] }],
    ["invalidPath", { op: "remove", path: 'members[display eq "a"]' }],
    ["invalidValue", { op: "add", path: "members", value: [{ display: "a" }] }],
    ["invalidValue", { op: "add", path: "members", value: Array.from({ length: 10_001 }, () => ({ value: "a" })) }],
    ["mutability", { op: "remove", path: "displayName" }],
  ])("is refused with %s: %j", (scimType, operation) => {
    expect(() => groupPatch(operations(operation))).toThrow(error(scimType));
  });
});

describe("a filter", () => {
  test.each([
    ['userName eq "ann@example.com"', { attribute: "userName", value: "ann@example.com" }],
    ['USERNAME  EQ  "a \\"b\\" c"', { attribute: "userName", value: 'a "b" c' }],
    ['externalId eq "x and y eq z"', { attribute: "externalId", value: "x and y eq z" }],
  ])("%s", (filter, expected) => {
    expect(parseFilter(filter, ["userName", "externalId"])).toEqual(expected);
  });

  test.each([
    'userName sw "a"',
    'title eq "a"',
    "userName eq a",
    'userName eq "a" and active eq "b"',
    "",
    "a".repeat(1000),
  ])("is refused with its remedy: %s", (filter) => {
    const refused = () => parseFilter(filter, ["userName", "externalId"]);
    expect(refused).toThrow(ScimError);
    expect(refused).toThrow(`one of 'userName eq "…"', 'externalId eq "…"'`);
  });
});
