import { expect, test } from "vitest";
import { MadeTransactions } from "./made-transactions.ts";

const request = (token: string, item = "a") => ({ ClientRequestToken: token, TransactItems: [{ Put: { item } }] });

test("a token is known for ten minutes", () => {
  let now = 0;
  const made = new MadeTransactions(() => now);
  made.add(request("t1"));
  now = 599_999;
  expect([made.find(request("t1")), made.find(request("t1", "b")), made.find(request("t2"))]).toEqual([
    "same",
    "other",
    "first",
  ]);
  now = 600_000;
  expect(made.find(request("t1"))).toBe("first");
  made.add(request("t2"));
  now = 700_000;
  expect([made.find(request("t1")), made.find(request("t2"))]).toEqual(["first", "same"]);
});
