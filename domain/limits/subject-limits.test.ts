import { describe, expect, test } from "vitest";
import { appliedLimits } from "./applied-limits.ts";
import { readSubjectLimits, type StoredLimits } from "./subject-limits.ts";

const KEY = { scope: "key", subject: "abcdefghijkl" } as const;
const REQUESTS = { metric: "requests", window: "minute", max: 60 } as const;
const item = (fields: Readonly<Record<string, unknown>>) => ({ version: 3, limits: [REQUESTS], ...fields });
const stored = (fields: Partial<StoredLimits>): StoredLimits => ({
  ...KEY,
  version: 1,
  limits: [],
  models: undefined,
  retention: undefined,
  isComplete: true,
  ...fields,
});

describe("limits that a newer release wrote", () => {
  test("new fields are dropped, which limits no less", () => {
    const limits = [{ ...REQUESTS, endpoint: "/v1/embeddings" }];
    const read = readSubjectLimits(KEY, item({ limits, color: "red" }));
    expect(read).toEqual(stored({ version: 3, limits: [REQUESTS] }));
  });

  test.each([
    ["a limit of an unknown metric", { limits: [REQUESTS, { metric: "images", window: "day", max: 1 }] }],
    ["a limit of an unknown window", { limits: [{ ...REQUESTS, window: "second" }] }],
    ["a limit whose maximum is no integer", { limits: [{ ...REQUESTS, max: "60" }] }],
    ["a time zone that this release does not know", { limits: [{ ...REQUESTS, timeZone: "Moon/Copernicus" }] }],
    ["model permissions of an unknown mode", { models: { mode: "pattern", models: ["t*"] } }],
    ["a field that a reader must know", { requires: ["tags"] }],
    ["limits that are no list", { limits: "none" }],
  ])("%s makes the item incomplete", (_name, fields) => {
    expect(readSubjectLimits(KEY, item(fields))).toMatchObject({ version: 3, isComplete: false });
  });

  test("a limit that only alerts stops nothing, whether it can be read or not", () => {
    const limits = [REQUESTS, { metric: "images", window: "day", max: 1, action: "alert" }];
    expect(readSubjectLimits(KEY, item({ limits }))).toMatchObject({ limits: [REQUESTS], isComplete: true });
  });
});

describe("the limits of a request", () => {
  const project = { scope: "project", subject: "proj_1" } as const;

  test("are those of all of its subjects, for all models or its own", () => {
    const subjects = [
      stored({ ...project, limits: [REQUESTS, { ...REQUESTS, model: "big", max: 5 }] }),
      stored({ limits: [{ ...REQUESTS, model: "tiny", max: 7 }] }),
    ];
    expect(appliedLimits(subjects, "tiny").map(({ name, max }) => [name, max])).toEqual([
      ["project:proj_1:requests:minute", 60],
      ["key:abcdefghijkl:requests:minute:tiny", 7],
    ]);
  });

  test("have those that only alert beside those that stop, in windows of the calendar alone", () => {
    const alert = { ...REQUESTS, action: "alert", window: "day" } as const;
    const limits = [{ ...REQUESTS, action: "alert" as const }, alert, { ...alert, action: "stop" as const, max: 90 }];
    expect(appliedLimits([stored({ limits })], "tiny").map(({ isAlert, max }) => [isAlert, max])).toEqual([
      [true, 60],
      [false, 90],
    ]);
  });

  test("have the smaller one of two with the same counter", () => {
    const limits = [60, 5, 7].map((max) => ({ ...REQUESTS, max }));
    expect(appliedLimits([stored({ limits })], "tiny")).toMatchObject([{ max: 5 }]);
  });

  test("count days of two time zones apart", () => {
    const limits = ["UTC", "Europe/Berlin", undefined].map((timeZone) => ({
      ...REQUESTS,
      window: "day" as const,
      timeZone,
    }));
    expect(appliedLimits([stored({ limits })], "tiny").map(({ name }) => name)).toEqual([
      "key:abcdefghijkl:requests:day",
      "key:abcdefghijkl:requests:day:@Europe/Berlin",
    ]);
  });
});
