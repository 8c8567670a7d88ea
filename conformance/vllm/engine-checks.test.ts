import { describe, expect, test } from "vitest";
import { validateEnvironment } from "../../environments/validate.ts";
import oneEngine from "../environment/one-engine/dev.ts";
import twoEngines, { SMALL_ENGINE } from "../environment/two-engines/dev.ts";
import { runEngineChecks } from "./engine-checks.ts";
import { EngineStack } from "./engine-stack.ts";

/** A stack of which only the number of engines matters. */
function stackOf(engines: number): EngineStack {
  const processes = Array.from({ length: engines }, (_, index) => ({
    name: `engine ${index}`,
    role: "engine" as const,
    pid: 1,
    url: `http://127.0.0.1:${index + 1}`,
  }));
  const url = "http://127.0.0.1:1";
  const state = { environment: "dev", startedAt: "2026-01-01T00:00:00.000Z", apiUrl: url, siteUrl: url, awsUrl: url };
  return new EngineStack({ state: { ...state, region: "us-east-1", keysTable: "k", processes } }, "key", "python3");
}

describe("the checks of an engine", () => {
  test("are counted, each that failed or was left out with its title and reason", async () => {
    const lines: string[] = [];
    const checks = [
      { title: "holds", run: async () => {} },
      { title: "breaks", run: () => Promise.reject(new Error("it is 3, not 4")) },
      { title: "needs both", engines: 2, run: async () => {} },
    ];
    const one = await runEngineChecks(stackOf(1), (line) => lines.push(line), checks);
    expect(one).toEqual({ passed: 1, failed: 1, omitted: 1 });
    expect(lines).toEqual(["vLLM: breaks: it is 3, not 4", "omitted: needs both: it needs 2 engines, and 1 runs"]);
    expect(await runEngineChecks(stackOf(2), () => {}, checks)).toEqual({ passed: 2, failed: 1, omitted: 0 });
  });

  test("that fail once are named and count as passed", async () => {
    const lines: string[] = [];
    let attempts = 0;
    const run = async () => {
      if (attempts++ === 0) throw new Error("it is 3, not 4");
    };
    const counts = await runEngineChecks(stackOf(1), (line) => lines.push(line), [{ title: "breaks once", run }]);
    expect([counts, attempts]).toEqual([{ passed: 1, failed: 0, omitted: 0 }, 2]);
    expect(lines).toEqual(["vLLM: flaky, passed again: breaks once: it is 3, not 4"]);
  });

  test("have environments with one and with two engines that hold few requests", () => {
    const pools = [oneEngine, twoEngines].map((each) => validateEnvironment(each, "dev.ts").pools["phi-3-mini"]);
    expect(pools.map((pool) => [pool?.minInstances, pool?.maxInstances])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    for (const pool of pools) expect(pool).toMatchObject(SMALL_ENGINE);
  });
});
