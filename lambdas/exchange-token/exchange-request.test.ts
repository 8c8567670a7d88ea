import { expect, onTestFinished, test, vi } from "vitest";
import { readExchange } from "./exchange-request.ts";

const FORM = "application/x-www-form-urlencoded";
const refused = (body: string) => () => readExchange(body, FORM);

test("a form of ten thousand fields is refused without looking for each of them among all", () => {
  const body = Array.from({ length: 10_000 }, (_, index) => index.toString(36)).join("&");
  expect(body.length).toBeLessThan(40_000);
  expect(refused(body)).toThrow(/Missing or not a text: grant_type/);
  expect(refused(`${body}&1`)).toThrow(/more than once/);
  const looks = (["get", "getAll", "has"] as const).map((method) => vi.spyOn(URLSearchParams.prototype, method));
  onTestFinished(() => {
    for (const look of looks) look.mockRestore();
  });
  expect(refused(body)).toThrow();
  // Each of these looks at all fields: 10,000 times 10,000 took a second.
  expect(looks.flatMap(({ mock }) => mock.calls).length).toBeLessThan(20);
});
