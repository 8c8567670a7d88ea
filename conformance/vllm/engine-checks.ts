import { abortFreesSequence } from "./abort-check.ts";
import type { EngineStack } from "./engine-stack.ts";
import { metricsExist, pagesExist } from "./metrics-check.ts";
import { parserAccepts } from "./parser-check.ts";
import { prefixIsFound } from "./prefix-check.ts";
import { fullPoolIsOverloaded, fullQueueIs503, otherEngineResponds } from "./queue-check.ts";

/** What the gateway, the scaling and the dashboards take for granted of an engine, shown on vLLM itself. */
export interface EngineCheck {
  readonly title: string;
  /** Engines that it needs. @default 1 */
  readonly engines?: number;
  /** @throws when it does not hold */
  run(stack: EngineStack): Promise<void>;
}

export const ENGINE_CHECKS: readonly EngineCheck[] = [
  { title: "vLLM's own parser accepts every synthesized argument", run: ({ python }) => parserAccepts(python) },
  { title: "every metric that routing, scaling and dashboards read exists", run: metricsExist },
  { title: "the pages that the gateway reads of an engine exist", run: pagesExist },
  { title: "the sequence of an aborted request is freed", run: abortFreesSequence },
  { title: "a full queue is 503, and the engine stays healthy", run: fullQueueIs503 },
  { title: "a full pool is 503 with Retry-After in every dialect, and opens no breaker", run: fullPoolIsOverloaded },
  { title: "requests get their response from the engine that is not full", engines: 2, run: otherEngineResponds },
  {
    title: "a prompt goes to the engine that has its beginning in the cache, as predicted",
    engines: 2,
    run: prefixIsFound,
  },
];

export interface CheckCounts {
  readonly passed: number;
  readonly failed: number;
  readonly omitted: number;
}

/**
 * Runs checks, one after another, a failed one twice: the load of a busy machine may send one prompt to another engine.
 * @param print receives a line for each that failed, also once only, or was left out
 */
export async function runEngineChecks(
  stack: EngineStack,
  print: (line: string) => void,
  checks: readonly EngineCheck[] = ENGINE_CHECKS,
): Promise<CheckCounts> {
  let [passed, failed, omitted] = [0, 0, 0];
  const count = stack.engines.length;
  for (const { title, engines = 1, run } of checks) {
    if (engines > count) {
      print(`omitted: ${title}: it needs ${engines} engines, and ${count} runs`);
      omitted++;
      continue;
    }
    const first = await errorOf(run, stack);
    const again = first === undefined ? undefined : await errorOf(run, stack);
    if (again === undefined) passed++;
    else failed++;
    if (first !== undefined)
      print(`vLLM: ${again === undefined ? "flaky, passed again: " : ""}${title}: ${again ?? first}`);
  }
  return { passed, failed, omitted };
}

/** @returns the message of what is wrong; `undefined` when the check holds */
async function errorOf(run: EngineCheck["run"], stack: EngineStack): Promise<string | undefined> {
  try {
    await run(stack);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
