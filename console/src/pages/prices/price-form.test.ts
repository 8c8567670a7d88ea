import { expect, test } from "vitest";
import { editIn, fieldsOf, type PriceEdit, type PriceFields, withFields, withoutChange } from "./price-form.ts";

const base = { inputUsdPerMillion: 0.3, outputUsdPerMillion: 1.2, cachedInputUsdPerMillion: 1e-7 };
const january = { inputUsdPerMillion: 0.24, outputUsdPerMillion: 0.96, from: "2027-01-01T00:00:30.000Z" };
const prices = { ...base, priceChanges: [january] };
const NOW = Date.UTC(2026, 10, 30);
const EDIT_BASE: PriceEdit = { isDated: false, start: base };
const ADD: PriceEdit = { isDated: true, start: base };
const EDIT_JANUARY: PriceEdit = { isDated: true, start: january, replaces: january };

const changed = (edit: PriceEdit, fields: Partial<PriceFields>, language = "en") =>
  withFields(prices, edit, { ...fieldsOf(edit, language), ...fields }, language, NOW);

test("the price outside of changes is replaced, and what was not touched stays to the last digit", () => {
  expect(changed(EDIT_BASE, { input: "0,5" }, "de")).toEqual({ prices: { ...prices, inputUsdPerMillion: 0.5 } });
  const { cachedInputUsdPerMillion: _, ...others } = prices;
  expect(changed(EDIT_BASE, { cached: "" })).toEqual({ prices: others });
});

test("a new price comes in the order of time, also at a model without one", () => {
  const change = { ...base, from: "2026-12-01T00:00:00.000Z", to: "2026-12-31T12:30:00.000Z" };
  expect(changed(ADD, { from: "2026-12-01T00:00", to: "2026-12-31T12:30" })).toEqual({
    prices: { ...base, priceChanges: [change, january] },
  });
  const free = { inputUsdPerMillion: 0, outputUsdPerMillion: 0 };
  const edit = { isDated: true, start: free };
  const fields = { ...fieldsOf(edit, "en"), output: "2", from: "2027-01-01T00:00" };
  expect(withFields(null, edit, fields, "en", NOW)).toEqual({
    prices: { ...free, priceChanges: [{ ...free, outputUsdPerMillion: 2, from: "2027-01-01T00:00:00.000Z" }] },
  });
});

test("a change is replaced, its time too, and one is removed", () => {
  expect(changed(EDIT_JANUARY, { output: "1" })).toEqual({
    prices: { ...base, priceChanges: [{ ...january, outputUsdPerMillion: 1 }] },
  });
  expect(changed(EDIT_JANUARY, { from: "2027-02-01T00:00" })).toEqual({
    prices: { ...base, priceChanges: [{ ...january, from: "2027-02-01T00:00:00.000Z" }] },
  });
  expect(withoutChange(prices, january.from)).toEqual(base);
});

test("a price that another operator stored with its time in another form is the same one", () => {
  const now = { ...prices, priceChanges: [{ ...january, outputUsdPerMillion: 5, from: "2027-01-01T00:00:30Z" }] };
  const edit = editIn(now, EDIT_JANUARY);
  expect(edit.start).toBe(now.priceChanges[0]);
  expect(withFields(now, EDIT_JANUARY, fieldsOf(EDIT_JANUARY, "en"), "en", NOW)).toEqual({ prices });
  expect(editIn(now, EDIT_BASE)).toEqual(EDIT_BASE);
});

const NO_MILLISECONDS: PriceEdit = { ...ADD, start: { ...base, from: "2027-01-01T00:00:30Z" } };
const SAME_END = { ...base, from: "2026-12-01T00:00:00.000Z", to: "2026-12-01T00:00:00Z" };

test.each<[string, PriceEdit, Partial<PriceFields>, readonly string[]]>([
  ["no amount", EDIT_BASE, { input: "", cached: "x", reasoning: "-1" }, ["input", "cached", "reasoning"]],
  ["an amount over the most", EDIT_BASE, { output: "10000001" }, ["output"]],
  ["no beginning", ADD, {}, ["from"]],
  ["the time of another change", { ...ADD, start: january }, {}, ["from"]],
  ["the same time in another form", NO_MILLISECONDS, {}, ["from"]],
  ["an end at the beginning in another form", { ...ADD, start: SAME_END }, {}, ["to"]],
  ["an end before the beginning", ADD, { from: "2026-12-02T00:00", to: "2026-12-01T00:00" }, ["to"]],
])("names the fields that are wrong: %s", (_, edit, fields, wrong) => {
  expect(changed(edit, fields)).toEqual({ wrong });
});
