import { expect, test } from "vitest";
import { queryText } from "./query-text.ts";

test("a query has each value of a list, and no value that is absent", () => {
  const values = {
    limit: 31,
    "group_by[]": ["model", "user_id"],
    after: undefined,
    name: "a b&c=ü",
    none: null,
    no: [],
  };
  expect([...new URLSearchParams(queryText(values))]).toEqual([
    ["limit", "31"],
    ["group_by[]", "model"],
    ["group_by[]", "user_id"],
    ["name", "a b&c=ü"],
  ]);
});
