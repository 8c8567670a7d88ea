import { join } from "node:path";
import type { ConsolePage } from "../contracts/site/console-pages.ts";
import { LOCAL_PEOPLE } from "./issuer/issuer-pages.ts";
import type { Twin } from "./twin.ts";

/** What runs where, a line each. */
export function runningTable(environment: string, { runtime, notModelled }: Twin): string {
  const { settings, autoScaling, cloudwatch, dynamodb, elb, lambda, waf } = runtime;
  const instances = autoScaling.groups.flatMap(({ name, instances: members }) =>
    members.map(({ port, child }) => [name, `http://127.0.0.1:${port}`, `pid ${child.pid}`] as const),
  );
  const rows = [
    ...(hasPage(runtime) ? [["page (S3 + CloudFront)", settings.siteUrl, ""] as const] : []),
    [apiEntry(runtime), settings.apiUrl, `${waf.webAcls.size} web ACL, ${lambda.functions.size} Lambda`],
    ...[...elb.listeners.values()].map(
      ({ listener, port }) => [`load balancer :${port}`, `http://127.0.0.1:${listener.port}`, ""] as const,
    ),
    ...instances,
    ...(settings.issuerUrl === undefined
      ? []
      : [["issuer (OpenID provider)", settings.issuerUrl, LOCAL_PEOPLE.join(", ")] as const]),
    ["dashboard (CloudWatch)", settings.dashboardUrl, `${cloudwatch.alarms.size} alarms`],
    ["DynamoDB, ELB, EC2 API", settings.awsUrl, dynamodb.tables.join(", ")],
  ] as const;
  const width = (column: 0 | 1) => Math.max(...rows.map((row) => row[column].length)) + 2;
  const lines = rows.map((row) => `  ${row[0].padEnd(width(0))}${row[1].padEnd(width(1))}${row[2]}`.trimEnd());
  const count = notModelled.reduce((sum, entry) => sum + entry.count, 0);
  return [
    "",
    `${environment}, from cdktf.out:`,
    ...lines,
    `  (${count} resources of ${notModelled.length} types are not modelled; the reasons are in ${notModelledFile(settings.workFolder)})`,
  ].join("\n");
}

/** An environment with a private entry has no page. */
function hasPage(runtime: Twin["runtime"]): boolean {
  return apiEntry(runtime) !== PRIVATE_ENTRY;
}

/** Where the console is on, its pages are objects of the page's bucket. */
function hasConsole({ s3 }: Twin["runtime"]): boolean {
  return [...s3.buckets.values()].some((bucket) => bucket.get(CONSOLE_HOME) !== undefined);
}

const CONSOLE_HOME: ConsolePage = "dashboard";
const PRIVATE_ENTRY = "API (private load balancer)";

function apiEntry({ apiGateway, elb: { gatewayListener } }: Twin["runtime"]): string {
  if (apiGateway.stage || gatewayListener === undefined) return "API (API Gateway REST)";
  return gatewayListener.isPublic ? "API (public load balancer)" : PRIVATE_ENTRY;
}

/** Where the types that are not modelled are listed. */
export function notModelledFile(workFolder: string): string {
  return join(workFolder, "not-modelled.txt");
}

/** Each type that is not modelled, how many resources it has, and why. */
export function notModelledList({ notModelled }: Twin): string {
  const width = Math.max(0, ...notModelled.map(({ type }) => type.length)) + 2;
  const lines = notModelled.map(
    ({ type, count, reason }) => `${type.padEnd(width)}${String(count).padStart(3)}  ${reason}`,
  );
  return `${lines.join("\n")}\n`;
}

export interface ReadyFacts {
  readonly twin: Twin;
  readonly model: string;
  /** Response to the first request. */
  readonly text: string;
  /** A key for this start, where keys are required. */
  readonly key: string | undefined;
  readonly seconds: number;
}

/** The last words of a start: that it works, where, and what to paste. */
export function readyMessage({ twin, model, text, key, seconds }: ReadyFacts): string {
  const { apiUrl, siteUrl, workFolder } = twin.runtime.settings;
  const body = JSON.stringify({ model, messages: [{ role: "user", content: "List three fruits" }], max_tokens: 60 });
  const authorization = key === undefined ? "" : ` -H 'authorization: Bearer ${key}'`;
  return [
    "",
    `first request through the whole path: ${JSON.stringify(text)}`,
    "",
    `ready in ${seconds.toFixed(1)} s`,
    ...(hasPage(twin.runtime) ? [`  page  ${siteUrl}`] : []),
    ...(hasConsole(twin.runtime) ? [`  console  ${siteUrl}/${CONSOLE_HOME}`] : []),
    `  API   ${apiUrl}/v1`,
    `  logs  ${workFolder}/logs`,
    ...(key === undefined ? [] : [`  key   ${key} (for the page too; valid until this stops)`]),
    "",
    `curl -s ${apiUrl}/v1/chat/completions -H 'content-type: application/json'${authorization} -d '${body}'`,
    "",
    "Ctrl-C stops everything.",
  ].join("\n");
}
