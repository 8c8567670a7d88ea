import { expect, test } from "vitest";
import { readOptions } from "./options.ts";

test("without options everything is run, and nothing stays up", () => {
  expect(readOptions([])).toEqual({
    environment: undefined,
    part: undefined,
    stacks: [],
    keeps: false,
    records: false,
  });
});

test("an environment and some of its stacks can be chosen", () => {
  expect(readOptions(["--environment", "dev", "--stacks=network,data", "--keep"])).toEqual({
    environment: "dev",
    part: undefined,
    stacks: ["network", "data"],
    keeps: true,
    records: false,
  });
});

test("an unknown option is refused", () => {
  expect(() => readOptions(["--environments", "dev"])).toThrow("--environments");
});

test("one part alone can be chosen, and an unknown part is refused", () => {
  expect(readOptions(["--part", "operator"]).part).toBe("operator");
  expect(() => readOptions(["--part", "half"])).toThrow("--part must be one of stacks, operator, cdktf, got half.");
});
