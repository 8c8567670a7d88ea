import type { Profiler } from "node:inspector";
import { describe, expect, test } from "vitest";
import { budgetOf } from "./attribute.ts";

const frame = (functionName: string, url: string) => ({
  functionName,
  url,
  scriptId: "1",
  lineNumber: 0,
  columnNumber: 0,
});
/** parse-body calls a builtin; undici runs for the call; then the event loop, the garbage collector, and idle time. */
const PROFILE: Profiler.Profile = {
  nodes: [
    { id: 1, callFrame: frame("(root)", ""), children: [2, 4, 6, 7, 8, 9] },
    { id: 2, callFrame: frame("parseBody", "gateway/pipeline/parse-body.ts"), children: [3] },
    { id: 3, callFrame: frame("parse", "") },
    { id: 4, callFrame: frame("tryReserve", "gateway/admission/slots.ts"), children: [5] },
    { id: 5, callFrame: frame("dispatch", "node_modules/undici/lib/pool.js") },
    { id: 6, callFrame: frame("processTicks", "node:internal/process/task_queues") },
    { id: 7, callFrame: frame("(garbage collector)", "") },
    { id: 8, callFrame: frame("(idle)", "") },
    { id: 9, callFrame: frame("parserOnHeaders", "node:_http_common") },
  ],
  startTime: 0,
  endTime: 10_000,
  samples: [2, 3, 4, 5, 6, 7, 8, 9, 2],
  timeDeltas: [7, 100, 200, 300, 400, 500, 600, 7000, 800],
};
const budget = budgetOf(PROFILE, 10, ({ url }) => url);
const micros = (costs: readonly { readonly name: string; readonly microsPerRequest: number }[]) =>
  Object.fromEntries(costs.map(({ name, microsPerRequest }) => [name, microsPerRequest]));

describe("a budget of a profile", () => {
  test("counts a sample until the next one, and no idle time", () => {
    expect(budget.microsPerRequest).toBe(290);
  });

  test("counts a builtin for the step that called it, and the rest for the layer that ran it", () => {
    expect(micros(budget.steps)).toEqual({
      "pipeline/parse-body": 30,
      admission: 70,
      "Node's event loop": 50,
      "garbage collection": 60,
      "Node's HTTP": 80,
    });
  });

  test("names the files of ours that a step consists of", () => {
    expect(micros(budget.files)).toEqual({ "gateway/pipeline/parse-body.ts": 30, "gateway/admission/slots.ts": 70 });
  });

  test("counts each module's own time, by file or package, the most expensive first", () => {
    expect(micros(budget.modules)).toMatchObject({
      "gateway/pipeline/parse-body.ts": 10,
      "built-in functions": 20,
      "package undici": 40,
    });
    expect(budget.modules[0]).toEqual({ name: "node:_http_common", microsPerRequest: 80, share: 0.276 });
  });
});
