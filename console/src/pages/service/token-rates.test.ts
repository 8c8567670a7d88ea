import { expect, test } from "vitest";
import type { LiveRequestList } from "../../../../contracts/live/live-requests.ts";
import { NO_RATES, withList } from "./token-rates.ts";

function list(seconds: number, tokens: Readonly<Record<string, number>>): LiveRequestList {
  const gateways = Object.entries(tokens).map(([id, completionTokens]) => ({
    id,
    version: "1",
    inProgress: 1,
    completionTokens,
  }));
  const at = new Date(1_790_000_000_000 + seconds * 1000).toISOString();
  return { object: "list", at, reach: "all-gateways", isComplete: true, gateways, data: [] };
}

const perSecond = (...lists: readonly LiveRequestList[]) =>
  lists.reduce(withList, NO_RATES).points.map((point) => point.perSecond);

test("tokens a second are of all gateways, by the time between two lists", () => {
  expect(perSecond(list(0, { a: 100, b: 5 }), list(2, { a: 300, b: 25 }), list(3, { a: 310, b: 25 }))).toEqual([
    110, 10,
  ]);
});

test("a gateway that comes, goes or starts anew makes no jump in the rate", () => {
  expect(perSecond(list(0, { a: 100 }), list(1, { a: 110, b: 90_000 }), list(2, { b: 90_001 }))).toEqual([10, 1]);
  expect(perSecond(list(0, { a: 100 }), list(1, { a: 3 }))).toEqual([0]);
});

test("a list that is no newer changes nothing, and what is older than two minutes is dropped", () => {
  expect(perSecond(list(0, { a: 1 }), list(1, { a: 2 }), list(1, { a: 9 }))).toEqual([1]);
  expect(perSecond(list(0, { a: 0 }), list(1, { a: 1 }), list(200, { a: 200 }))).toEqual([1]);
});
