import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { StartedStack } from "../test-support/started-stack.ts";
import { problemsOf } from "./expectation.ts";
import { RUNNERS, runScenarios } from "./runners.ts";
import { Scenario } from "./scenario.ts";

/** The official SDKs, as their users have them, against the whole local stack with a real model. */
const scenarios = z
  .array(Scenario)
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, "scenarios.json"), "utf8")));
const prepared = await Promise.all(RUNNERS.map(async (runner) => ({ runner, ...(await runner.prepare()) })));
const counts: string[] = [];
let stack: StartedStack;
let key: string;

beforeAll(async () => {
  stack = await StartedStack.start();
  const { output } = await stack.run("cli/sluice.ts", "keys", "create", "--name", "conformance");
  key = output.split("\n")[0] ?? "";
});
afterAll(async () => {
  await stack?.stop();
  stack?.remove();
  for (const line of counts) console.log(line);
});

/** A scenario may make several requests. */
const SPARE_REQUESTS = 10;

/** Waits until the limit of 100 requests in a minute from one address leaves so many. */
async function roomFor(requests: number): Promise<void> {
  for (;;) {
    const { headers } = await fetch(`${stack.state.apiUrl}/v1/models`);
    if (Number(headers.get("x-ratelimit-remaining-requests") ?? 0) >= requests) return;
    await sleep(3000);
  }
}

for (const each of prepared) {
  const { language, sdks } = each.runner;
  const missing = "missing" in each ? each.missing : undefined;
  const own = scenarios.filter(({ sdk }) => sdks.includes(sdk));
  describe(`the official SDKs for ${language}`, () => {
    if (missing !== undefined) console.log(`skipped: the SDKs for ${language}: ${missing}`);
    test.skipIf(missing !== undefined)(
      `do all of ${own.length} scenarios`,
      async () => {
        if ("missing" in each) return;
        await roomFor(own.length + SPARE_REQUESTS);
        const results = await runScenarios(each.command, { baseUrl: stack.state.apiUrl, key, scenarios: own });
        const problems = own.flatMap((scenario) => {
          const result = results.find(({ id }) => id === scenario.id);
          const found = result === undefined ? ["has no result"] : problemsOf(scenario, result);
          return found.map((problem) => `${scenario.id}: ${problem}`);
        });
        const failed = new Set(problems.map((problem) => problem.split(":")[0])).size;
        counts.push(`conformance: ${language} ${own.length - failed} of ${own.length}`);
        expect(problems).toEqual([]);
      },
      240_000,
    );
  });
}
