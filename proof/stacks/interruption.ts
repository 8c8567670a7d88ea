import { setTimeout as sleep } from "node:timers/promises";
import { asList, asObject, isObject } from "../../local/template/json.ts";
import { parseObject } from "../front-door/call.ts";
import { askAws } from "../read-backs/aws-call.ts";
import { stateStore } from "./stack-order.ts";
import type { StackRun } from "./stack-run.ts";

/**
 * Kills an apply half-way, sees the lock that it leaves reported with its owner, takes the lock away as an operator
 * would, and applies again.
 * @returns the owner that was reported
 */
export async function healInterruptedApply(run: StackRun, url: string): Promise<string> {
  const apply = run.startApply();
  let hasEnded = false;
  const ended = apply.done.then(({ output }) => {
    hasEnded = true;
    return output;
  });
  // OpenTofu writes what it has made every 20 s; what a killed process made after that no one knows.
  while (!hasEnded && (await resourcesInState(run, url)) === 0) await sleep(200);
  if (hasEnded) throw new Error(`${run.name}: the apply ended before it could be interrupted:\n${await ended}`);
  apply.kill();
  await ended;

  const refusal = await run.step("plan").catch((error: unknown) => (error instanceof Error ? error.message : ""));
  const id = /ID:\s+(\S+)/.exec(refusal)?.[1];
  const owner = /Who:\s+(\S+@\S+)/.exec(refusal)?.[1];
  if (!refusal.includes("Error acquiring the state lock") || id === undefined || owner === undefined)
    throw new Error(`${run.name}: the lock of a killed apply is not reported with its owner:\n${refusal}`);
  await run.step("force-unlock", "-force", id);
  await run.apply();
  return owner;
}

async function resourcesInState(run: StackRun, url: string): Promise<number> {
  const bucket = stateStore(run.stack)?.bucket;
  const { s3 } = asObject(asObject(run.stack.document.terraform).backend ?? {});
  if (bucket === undefined || !isObject(s3)) throw new Error(`${run.name} keeps no state in S3.`);
  const text = await askAws(url, "s3", { method: "GET", path: `/${bucket}/${s3.key}` }).catch(() => "{}");
  return asList(parseObject(text).resources ?? []).length;
}
