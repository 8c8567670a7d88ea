import { expect, test } from "vitest";
import { cpuCost } from "../../test-support/cpu-cost.ts";
import { readExchange } from "./exchange-request.ts";

const FORM = "application/x-www-form-urlencoded";
const refused = (body: string) => () => readExchange(body, FORM);

test("a form of ten thousand fields is refused without looking for each of them among all", () => {
  const body = Array.from({ length: 10_000 }, (_, index) => index.toString(36)).join("&");
  expect(body.length).toBeLessThan(40_000);
  expect(refused(body)).toThrow(/Missing or not a text: grant_type/);
  expect(refused(`${body}&1`)).toThrow(/more than once/);
  expect(cpuCost(() => expect(refused(body)).toThrow())).toBeLessThan(50);
});
