import { expect, test } from "vitest";
import { differenceOf, overrideOf } from "./route-override.ts";

const BEFORE = { force: "a", drain: ["b"] };

test("a change of one target leaves what was set for the route's other targets", () => {
  expect(overrideOf(BEFORE, { kind: "drain", route: "chat", target: "c" })).toEqual({ force: "a", drain: ["b", "c"] });
  expect(overrideOf(BEFORE, { kind: "force", route: "chat", target: "b" })).toEqual({ force: "b", drain: [] });
  expect(overrideOf(BEFORE, { kind: "release", route: "chat", target: "a" })).toEqual({ force: null, drain: ["b"] });
});

test("a change that is made already changes nothing more", () => {
  expect(overrideOf(BEFORE, { kind: "drain", route: "chat", target: "b" })).toEqual(BEFORE);
});

test("an override with nothing left is taken back", () => {
  const before = { force: null, drain: ["b"] };
  expect(overrideOf(before, { kind: "release", route: "other", target: "b" })).toBeUndefined();
});

test("the difference of two overrides is what another operator did in between", () => {
  expect(differenceOf(BEFORE, { force: null, drain: ["c"] })).toEqual({ force: null, drained: ["c"], released: ["b"] });
  expect(differenceOf(BEFORE, { force: "c", drain: ["b"] })).toEqual({ force: "c", drained: [], released: [] });
  expect(differenceOf(BEFORE, BEFORE)).toEqual({ drained: [], released: [] });
});
