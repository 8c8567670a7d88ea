import { expect, test } from "vitest";
import { newRequestId } from "./request-id.ts";

test("ids of requests have 32 hexadecimal digits, and none comes twice", () => {
  const ids = Array.from({ length: 2000 }, newRequestId);
  expect(ids.filter((id) => !/^req_[0-9a-f]{32}$/.test(id))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
});
