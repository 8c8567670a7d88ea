import { expect, test } from "vitest";
import { overrideOf } from "./route-override.ts";

const TARGETS = [
  { id: "a", forced: ["chat"], drained: [] },
  { id: "b", forced: [], drained: ["chat", "other"] },
  { id: "c", forced: [], drained: [] },
];

test("a change of one target leaves what was set for the route's other targets", () => {
  expect(overrideOf(TARGETS, { kind: "drain", route: "chat", target: "c" })).toEqual({ force: "a", drain: ["b", "c"] });
  expect(overrideOf(TARGETS, { kind: "force", route: "chat", target: "b" })).toEqual({ force: "b", drain: [] });
  expect(overrideOf(TARGETS, { kind: "release", route: "chat", target: "a" })).toEqual({ force: null, drain: ["b"] });
});

test("an override with nothing left is taken back", () => {
  expect(overrideOf(TARGETS, { kind: "release", route: "other", target: "b" })).toBeUndefined();
});
