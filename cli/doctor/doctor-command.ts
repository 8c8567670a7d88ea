import { Command } from "commander";
import type { Environment } from "../../settings/environment.ts";
import { type AwsAccess, accessTo } from "../operator/aws-access.ts";
import { awsFailure } from "../operator/aws-failure.ts";
import type { OperatorTools } from "../operator/operator-tools.ts";
import { deployFolders } from "../stacks/tofu-stack.ts";
import { printableLine } from "../terminal/printable.ts";
import { readVariables } from "../tofu/tofu-variables.ts";
import { tofuVersion } from "../tofu/tofu-version.ts";
import { type AwsFacts, awsFacts } from "./aws-facts.ts";
import { doctorChecks } from "./doctor-checks.ts";
import type { Check, Finding } from "./finding.ts";

/** Time limit of a check, and of all checks, because they run at once. */
const CHECK_SECONDS = 5;

/** `sluice doctor`: finds what would stop a deployment, with a remedy for each finding. */
export function doctorCommand(tools: OperatorTools, facts: (access: AwsAccess) => AwsFacts = awsFacts): Command {
  return new Command("doctor")
    .description("check what a deployment needs: credentials, quotas, images, certificate, state, tools")
    .requiredOption("--environment <name>", "the environment")
    .action(async ({ environment: name }: { readonly environment: string }) => {
      const environment = await tools.environment(name);
      const checks = doctorChecks({
        environment,
        aws: facts(accessTo(environment)),
        tofuVersion: () => tofuVersion(tools),
        nodeVersion: process.version,
        certificateArn: certificateArn(environment, tools),
        awsRegion: tools.processEnvironment.AWS_REGION || tools.processEnvironment.AWS_DEFAULT_REGION || undefined,
        now: () => new Date(),
      });
      const findings = await Promise.all(checks.map((check) => runCheck(check, CHECK_SECONDS * 1000)));
      const width = Math.max(...checks.map((check) => check.name.length));
      for (const [index, finding] of findings.entries())
        tools.print(findingLine(checks[index]?.name.padEnd(width) ?? "", finding));
      if (findings.some(({ level }) => level === "fail")) tools.finish(1);
    });
}

function certificateArn({ name }: Environment, tools: OperatorTools): string | undefined {
  const set = tools.processEnvironment.TF_VAR_certificate_arn;
  const saved = readVariables(deployFolders(name, tools).variablesFile).certificate_arn;
  return set || (saved === undefined ? undefined : String(saved));
}

/** Runs a check. An error, or no response within the time limit, is a finding too. */
export async function runCheck({ run }: Pick<Check, "run">, timeoutMillis: number): Promise<Finding> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  // The SDK's search for credentials ignores the signal, so the race ends the check.
  const late = new Promise<Finding>((resolve) => {
    timer = setTimeout(() => {
      controller.abort();
      resolve({
        level: "warn",
        text: `no response within ${timeoutMillis / 1000} s`,
        remedy: "check the network, proxies and endpoints, and try again",
      });
    }, timeoutMillis);
  });
  try {
    return await Promise.race([run(controller.signal).catch(errorFinding), late]);
  } finally {
    clearTimeout(timer);
  }
}

function errorFinding(error: unknown): Finding {
  const failure = awsFailure(error);
  // The check of the credentials fails for the same reason; here it is a warning.
  if (failure) return { level: "warn", text: `not checked: ${failure.text}`, remedy: failure.remedy };
  const text = error instanceof Error ? error.message : String(error);
  return { level: "fail", text: text.split("\n")[0] ?? text, remedy: "correct this error and run the command again" };
}

/** A finding as text, with its remedy on a line of its own. */
export function findingLine(name: string, { level, text, remedy }: Finding): string {
  return `${level.padEnd(4)}  ${name}  ${printableLine(text)}${remedy === undefined ? "" : `\n      → ${remedy}`}`;
}
