import { expect, test } from "vitest";
import { historySearch } from "./history-search.ts";

test("an address keeps filters, open generation and comparison", () => {
  const search = { of: "project", q: "invoice", model: "m", key: "key_abc", chat: "gen_1", with: "gen_2" };
  expect(historySearch(search)).toEqual(search);
});

test("text of digits, which the router reads as a number, is a filter", () => {
  expect(historySearch({ q: 404 })).toEqual({ q: "404" });
});

test("what is no value of a filter is left out of the address", () => {
  expect(
    historySearch({ of: "others", q: " ", model: [7], key: "sk-secret", chat: "gen_/../x", with: "chat_1", else: "x" }),
  ).toEqual({});
  expect(historySearch({ q: "x".repeat(201) })).toEqual({});
});
