import { dirname, join } from "node:path";
import * as z from "zod";
import type { ControlOperation } from "../contracts/control/operations/operation.ts";
import { CONTROL_OPERATIONS } from "../contracts/control/operations/operations.ts";
import type { StartedStack } from "../test-support/started-stack.ts";
import type { RecordedExchange } from "./recorder.ts";
import { runnerLines } from "./runners.ts";

const Called = z.object({ id: z.string(), error: z.string().optional() });

/** Of the user that the calls are about. */
const EMAIL = "member@example.com";

/**
 * Calls each operation of the control API of a started stack with the official SDK for Python.
 * @param runner command of the Python runner: its virtual environment has the SDK
 * @param baseUrl of the stack, or of a recorder before it
 * @returns each operation that failed, and each that the SDK was not called for
 */
export async function controlProblems(
  runner: readonly string[],
  stack: StartedStack,
  baseUrl: string,
): Promise<readonly string[]> {
  const key = await adminKey(stack, "owner@example.com");
  await adminKey(stack, EMAIL);
  const [python = "", script = ""] = runner;
  const lines = await runnerLines([python, join(dirname(script), "administer.py")], { baseUrl, key, email: EMAIL });
  const called = lines.map((line) => Called.parse(line));
  const ids = new Set(called.map(({ id }) => id));
  return [
    ...called.flatMap(({ id, error }) => (error === undefined ? [] : [`${id}: ${error}`])),
    ...Object.keys(CONTROL_OPERATIONS)
      .filter((id) => !ids.has(id))
      .map((id) => `${id}: not called; add it to CALLS in python/administer.py`),
  ];
}

/** Served operations without a recorded response with the status 200. */
export function unservedOperations(exchanges: readonly RecordedExchange[]): readonly string[] {
  const served = exchanges.filter(({ status }) => status === 200);
  return Object.entries<ControlOperation>(CONTROL_OPERATIONS)
    .filter(([, { method, path }]) => {
      const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`);
      return !served.some((exchange) => exchange.method === method && pattern.test(exchange.path));
    })
    .map(([id]) => id);
}

async function adminKey(stack: StartedStack, email: string): Promise<string> {
  const { output } = await stack.run("cli/sluice.ts", "admin-keys", "create", "--email", email);
  const [secret] = /sk-admin-\S+/.exec(output) ?? [];
  if (secret === undefined) throw new Error(`sluice admin-keys create printed no key: ${output}`);
  return secret;
}
