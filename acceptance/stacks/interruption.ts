import { setTimeout as sleep } from "node:timers/promises";
import { asNumber, asObject, isObject } from "../../local/template/json.ts";
import { rawResources } from "../../local/template/stacks.ts";
import { parseObject } from "../aws-calls/call.ts";
import { callAws } from "../aws-client/aws-call.ts";
import { inventory, leftOver } from "../aws-client/leftovers.ts";
import { stateStore } from "./stack-order.ts";
import type { StackRun } from "./stack-run.ts";

/**
 * Interrupts an apply by SIGTERM, kills the next one by SIGKILL while it holds the lock, checks that the lock is reported
 * with its owner, frees it as an operator would, and applies once more.
 * @returns a summary of the observations
 */
export async function healInterruptedApply(run: StackRun, url: string): Promise<string> {
  const before = await inventory(url);
  const first = run.startApply();
  let hasEnded = false;
  const ended = first.done.then((result) => {
    hasEnded = true;
    return result;
  });
  while (!hasEnded && leftOver(before, await inventory(url)).length === 0) await sleep(100);
  first.terminate();
  const { code, output } = await ended;
  if (code === 0) throw new Error(`${run.name}: the apply ended before it could be interrupted:\n${output}`);
  const made = (await run.step("state", "list")).trim().split("\n").length;
  if (made >= run.resources) throw new Error(`${run.name}: nothing was left to do when the apply was interrupted.`);
  // A tainted resource would be replaced, which OpenTofu refuses for protected ones: there an operator removes the taint.
  const retained = (await run.tainted()).filter((address) => isRetained(run, address));
  for (const address of retained) await run.step("untaint", address);

  const second = run.startApply();
  while (!(await isLocked(run, url))) await sleep(20);
  second.kill();
  await second.done;
  const refusal = await run.step("plan").catch((error: unknown) => (error instanceof Error ? error.message : ""));
  const id = /^\s*ID:\s+(\S+)$/m.exec(refusal)?.[1];
  const owner = /^\s*Who:\s+(\S+@\S+)$/m.exec(refusal)?.[1];
  if (!refusal.includes("Error acquiring the state lock") || id === undefined || owner === undefined)
    throw new Error(`${run.name}: the lock of a killed apply is not reported with its owner:\n${refusal}`);
  await run.step("force-unlock", "-force", id);
  await run.apply();
  const untainted = retained.length > 0 ? `; ${retained.join(", ")} untainted` : "";
  return `ended after ${made} of ${run.resources} resources${untainted}; a killed apply's lock reported as ${owner}'s; then completed`;
}

function isRetained({ stack }: StackRun, address: string): boolean {
  const config = rawResources(stack).find((resource) => resource.address === address)?.config;
  return isObject(config?.lifecycle) && config.lifecycle.prevent_destroy === true;
}

async function isLocked(run: StackRun, url: string): Promise<boolean> {
  const store = stateStore(run.stack);
  if (!store) throw new Error(`${run.name} stores no state in S3.`);
  // Beside its locks, OpenTofu stores a checksum of each state there.
  const response = await callAws(url, "dynamodb", {
    target: "DynamoDB_20120810.Scan",
    body: {
      TableName: store.lockTable,
      FilterExpression: "attribute_exists(Info) AND contains(LockID, :stack)",
      ExpressionAttributeValues: { ":stack": { S: `${run.name.slice(run.name.lastIndexOf("-") + 1)}.tfstate` } },
    },
  });
  return asNumber(asObject(parseObject(response)).Count) > 0;
}
