import { writeFileSync } from "node:fs";
import { Command } from "commander";
import type { Environment } from "../../settings/environment.ts";
import { findingLine, runCheck } from "../doctor/doctor-command.ts";
import type { Finding } from "../doctor/finding.ts";
import { type AwsAccess, accessTo } from "../operator/aws-access.ts";
import { checkHttpAddress } from "../terminal/http-address.ts";
import { sendableKey } from "../terminal/sendable-key.ts";
import { UserError } from "../terminal/user-error.ts";
import { apiChecks } from "./api-checks.ts";
import { cloudWatchChecks } from "./cloudwatch-checks.ts";
import type { CloudWatchFacts } from "./cloudwatch-facts.ts";
import type { Deployment, VerifyCheck } from "./deployment.ts";
import { integrationChecks } from "./integration-check.ts";
import type { IntegrationFacts } from "./integration-facts.ts";
import { limitChecks } from "./limit-checks.ts";
import { pageChecks } from "./page-checks.ts";

/** Longer than the longest check: metrics of CloudWatch take minutes, a response at its time limit up to five. */
const CHECK_SECONDS = 330;

/** The process and the deployments that `verify` works with; tests replace them. */
export interface VerifyTools {
  print(text: string): void;
  finish(code: number): void;
  environment(name: string): Promise<Environment>;
  /** The running local stack; `undefined` when none runs. */
  local(): LocalStack | undefined;
  /** An environment variable. */
  variable(name: string): string | undefined;
  facts(access: AwsAccess): CloudWatchFacts & IntegrationFacts;
  /** Makes a key for this run. @returns what revokes it */
  createKey(options: { readonly environment: string; readonly aws: boolean }): Promise<TemporaryKey>;
  now(): number;
}

export interface LocalStack {
  readonly environment: string;
  /** Path of the environment's file. @default - the file of its name in environments/ */
  readonly environmentFile?: string | undefined;
  readonly apiUrl: string;
  readonly siteUrl: string;
  readonly awsUrl: string;
}

export interface TemporaryKey {
  readonly secret: string;
  revoke(): Promise<void>;
}

interface VerifyOptions {
  readonly environment?: string;
  readonly aws?: true;
  readonly url?: string;
  readonly siteUrl?: string;
  readonly drill?: true;
  readonly json?: string;
}

/** `sluice verify`: checks a running environment from outside, and prints a report. */
export function verifyCommand(tools: VerifyTools): Command {
  return new Command("verify")
    .description("check a deployed environment, or the local stack, from outside: API, page, limits, metrics, alarms")
    .option("--environment <name>", "the environment (default: the one of the local stack)")
    .option("--aws", "the deployed environment, with your AWS credentials")
    .option("--url <url>", "address of the API without /v1; needed with --aws where the environment has no domain")
    .option("--site-url <url>", "address of the page")
    .option("--drill", "also what disturbs: a request at its time limit, the limit of an address, an alarm")
    .option("--json <file>", "write the report as JSON too")
    .action((options: VerifyOptions) => verify(options, tools));
}

interface Subject {
  readonly environment: Environment;
  readonly apiUrl: string;
  readonly siteUrl?: string;
  /** The local stack's AWS. @default - AWS */
  readonly endpoint?: string;
}

async function verify(options: VerifyOptions, tools: VerifyTools): Promise<void> {
  const { endpoint, ...subject } = await subjectOf(options, tools);
  const { environment } = subject;
  const ownKey = tools.variable("SLUICE_API_KEY");
  if (ownKey) sendableKey("The key in the variable SLUICE_API_KEY", ownKey);
  const created = ownKey
    ? undefined
    : await tools.createKey({ environment: environment.name, aws: options.aws === true });
  const deployment: Deployment = { ...subject, key: ownKey ?? created?.secret ?? "" };
  const facts = tools.facts(endpoint === undefined ? accessTo(environment) : { region: environment.region, endpoint });
  const startedAt = tools.now();
  const checks = [
    ...apiChecks(deployment),
    ...pageChecks(deployment),
    // The local stack reads the document itself.
    ...(endpoint === undefined ? integrationChecks(environment, facts) : []),
    ...cloudWatchChecks({ deployment, facts, startedAt, now: tools.now }),
    ...limitChecks(deployment),
  ].filter(({ mayDisturb }) => options.drill || !mayDisturb);
  tools.print(`${environment.name} at ${subject.apiUrl}`);
  try {
    const findings = await runInOrder(checks, tools);
    if (options.json !== undefined) writeReport(options.json, { deployment, checks, findings, startedAt });
    const failed = findings.filter(({ level }) => level === "fail").length;
    const warned = findings.filter(({ level }) => level === "warn").length;
    tools.print(
      `${findings.length} checks: ${findings.length - failed - warned} ok, ${warned} to look at, ${failed} failed`,
    );
    if (failed > 0) tools.finish(1);
  } finally {
    await created?.revoke();
  }
}

async function runInOrder(checks: readonly VerifyCheck[], tools: VerifyTools): Promise<readonly Finding[]> {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const findings: Finding[] = [];
  for (const check of checks) {
    const finding = await runCheck(check, CHECK_SECONDS * 1000);
    findings.push(finding);
    tools.print(findingLine(check.name.padEnd(width), finding));
  }
  return findings;
}

async function subjectOf(options: VerifyOptions, tools: VerifyTools): Promise<Subject> {
  const urls = {
    ...(options.url === undefined ? {} : { apiUrl: httpAddress("--url", options.url) }),
    ...(options.siteUrl === undefined ? {} : { siteUrl: httpAddress("--site-url", options.siteUrl) }),
  };
  if (options.aws) {
    if (options.environment === undefined)
      throw new UserError("--aws needs --environment NAME, the environment that is verified.");
    const environment = await tools.environment(options.environment);
    const { domain } = environment.api;
    const apiUrl = urls.apiUrl ?? (domain === null ? undefined : `https://${domain.name}`);
    if (apiUrl === undefined)
      throw new UserError(
        "--aws needs --url, as the environment has no domain; it is the output api_url of the edge stack.",
      );
    return { environment, ...urls, apiUrl };
  }
  const local = tools.local();
  if (local === undefined)
    throw new UserError(
      "No local stack runs in this clone; start one with `npm start`, or add --aws --environment NAME.",
    );
  const environment = await tools.environment(options.environment ?? local.environmentFile ?? local.environment);
  if (environment.name !== local.environment)
    throw new UserError(
      `The local stack runs ${local.environment}, not ${environment.name}; omit --environment, or add --aws.`,
    );
  const { apiUrl, siteUrl, awsUrl } = local;
  return { environment, apiUrl, siteUrl, ...urls, endpoint: awsUrl };
}

function httpAddress(option: string, text: string): string {
  checkHttpAddress(option, text);
  return text.replace(/\/+$/, "");
}

interface Report {
  readonly deployment: Deployment;
  readonly checks: readonly VerifyCheck[];
  readonly findings: readonly Finding[];
  readonly startedAt: number;
}

function writeReport(file: string, { deployment, checks, findings, startedAt }: Report): void {
  const report = {
    environment: deployment.environment.name,
    apiUrl: deployment.apiUrl,
    startedAt: new Date(startedAt).toISOString(),
    checks: findings.map((finding, index) => ({ name: checks[index]?.name, ...finding })),
  };
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}
