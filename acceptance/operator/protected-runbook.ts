import { setTimeout as sleep } from "node:timers/promises";
import { asList } from "../../local/template/json.ts";
import { parseObject } from "../aws-calls/call.ts";
import { callAws } from "../aws-client/aws-call.ts";
import { inventory, leftOver } from "../aws-client/leftovers.ts";
import { checkedOutput } from "./operator.ts";
import type { Runbook } from "./runbook.ts";

/**
 * The runbook of an environment with deletion protection: a first deployment that is stopped while it creates the key of
 * the data is continued by the same command, and protected resources can't be destroyed before the environment file allows it.
 * @throws at the first command whose result differs from docs/operations.md
 */
export async function protectedRunbook({ environment, operator, clone, testbed, report }: Runbook): Promise<void> {
  const { url } = testbed.awsProxy;
  const before = await inventory(url);
  await operator.run("bootstrap", ["--yes", "--certificate"], { says: [/The states are in/, /Certificate for/] });
  report(`${environment}: bootstrapped`);

  const data = `${environment}-data`;
  const keys = await keyCount(url);
  const first = operator.start("deploy", ["--yes", "--stack", "data"]);
  let hasEnded = false;
  const ended = first.done.finally(() => {
    hasEnded = true;
  });
  while (!hasEnded && (await keyCount(url)) === keys) await sleep(50);
  first.terminate();
  checkedOutput("sluice deploy, stopped", await ended, {
    code: 1,
    says: [new RegExp(`${data}: stopped as requested`)],
  });
  await operator.run("deploy", ["--yes", "--stack", "data"], {
    says: [
      new RegExp(`${data}: an interrupted deployment left .*aws_kms_key\\.\\w+.* tainted`),
      new RegExp(`${data}: no longer tainted; the plan completes what the interrupted deployment began`),
      /deployed; nothing is left to change/,
    ],
  });
  await operator.run("plan", ["--detailed-exitcode", "--stack", "data"], { says: [new RegExp(`${data}: no changes`)] });
  report(`${environment}: a stopped deployment continued, its tainted key retained`);

  await operator.run("destroy", ["--yes", "--stack", "data", "--confirm", data], {
    code: 1,
    says: [/is protected\. To destroy it, set deletionProtection to false/],
  });
  report(`${environment}: protected resources can't be destroyed by the command`);

  clone.edit(`environments/${environment}.ts`, [{ from: "deletionProtection: true", to: "deletionProtection: false" }]);
  const bootstrap = `${environment}-bootstrap`;
  await operator.run("bootstrap", ["--yes"], { says: [new RegExp(`${bootstrap}: .*to change`)] });
  await operator.run("deploy", ["--yes", "--stack", "data"], { says: [new RegExp(`${data}: .*to change`)] });
  for (const stack of [data, bootstrap])
    await operator.run("destroy", ["--yes", "--stack", stack.slice(environment.length + 1), "--confirm", stack], {
      says: [/\d+ to destroy/, /: destroyed\./],
    });
  const left = leftOver(before, await inventory(url));
  if (left.length > 0) throw new Error(`${environment}: destroyed, but these are left:\n${left.join("\n")}`);
  report(`${environment}: destroyed once its file allows it`);
}

async function keyCount(url: string): Promise<number> {
  return asList(parseObject(await callAws(url, "kms", { target: "TrentService.ListKeys" })).Keys).length;
}
