import { describe, expect, test } from "vitest";
import * as z from "zod";
import { parseStored } from "./parse-stored.ts";

const Inner = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("a"), size: z.int().min(1) }),
  z.strictObject({ kind: z.literal("b") }),
]);
const Record = z.strictObject({ id: z.string(), inner: Inner, list: z.array(Inner) });
const record = { id: "1", inner: { kind: "a", size: 2 }, list: [{ kind: "b" }] };

describe("a record that a newer version wrote", () => {
  test("is read without the fields that this version does not know, at every depth", () => {
    const newer = {
      ...record,
      limits: { rpm: 5 },
      inner: { ...record.inner, unit: "GiB" },
      list: [{ kind: "b", since: 3 }],
    };
    const before = structuredClone(newer);
    expect(parseStored(Record, newer)).toEqual(record);
    expect(newer).toEqual(before);
  });

  test("is refused when a field that this version knows breaks its rule", () => {
    expect(parseStored(Record, { ...record, limits: 1, inner: { kind: "a", size: 0 } })).toBeUndefined();
    expect(parseStored(Record, { ...record, inner: { kind: "c" } })).toBeUndefined();
    expect(parseStored(Record, { id: "1" })).toBeUndefined();
    expect(parseStored(Record, undefined)).toBeUndefined();
  });
});
