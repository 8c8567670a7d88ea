import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../../settings/environment.ts";
import { ACCOUNT } from "../tools/emulators.ts";
import type { RequestRecorder } from "./request-recorder.ts";

/** What is particular to an environment's requests, and therefore a variable in the record. */
export interface RecordedEnvironment {
  readonly name: string;
  readonly region: string;
  readonly pools: readonly string[];
  readonly stateBucket: string;
  readonly lockTable: string;
}

/** Lines of the record: `bootstrap` is what only an operator does, `deploy` what CI does too. */
export interface RecordedRequests {
  readonly bootstrap: readonly string[];
  readonly deploy: readonly string[];
}

/** The committed record, of all environments of the acceptance run together. */
export const RECORD_FILE: string = join(import.meta.dirname, "recorded-requests.json");

export function readRecord(): RecordedRequests {
  return JSON.parse(readFileSync(RECORD_FILE, "utf8"));
}

export function writeRecord(record: RecordedRequests): void {
  writeFileSync(RECORD_FILE, `${JSON.stringify(record, undefined, 2)}\n`);
}

/** What is particular to an environment of the acceptance run. */
export function recordedEnvironment({ name, region, pools, state }: Environment): RecordedEnvironment {
  return { name, region, pools: Object.keys(pools), stateBucket: state.bucket, lockTable: state.lockTable };
}

/** Begin of the names of an environment's databases: Athena's names have no hyphens. */
function databasePrefix(environment: string): string {
  return `sluice_${environment.replaceAll("-", "_")}`;
}

/** The lines of one run of an environment. */
export function linesOfRun(requests: RequestRecorder, environment: RecordedEnvironment): RecordedRequests {
  const bootstrap = `${environment.name}-bootstrap`;
  const general = (callers: readonly string[]) =>
    sortedLines(callers.flatMap((who) => requests.linesOf(who)).map((line) => generalLine(line, environment)));
  return {
    bootstrap: general(requests.callers.filter((who) => who === bootstrap)),
    deploy: general(requests.callers.filter((who) => who !== bootstrap)),
  };
}

/** The lines of several runs together. */
export function joined(all: readonly RecordedRequests[]): RecordedRequests {
  return {
    bootstrap: sortedLines(all.flatMap(({ bootstrap }) => bootstrap)),
    deploy: sortedLines(all.flatMap(({ deploy }) => deploy)),
  };
}

/** Lines of a record that another lacks. */
export function linesWithout(record: RecordedRequests, other: RecordedRequests): readonly string[] {
  const has = new Set([...other.bootstrap, ...other.deploy]);
  return sortedLines([...record.bootstrap, ...record.deploy]).filter((line) => !has.has(line));
}

function sortedLines(lines: readonly string[]): readonly string[] {
  return [...new Set(lines)].sort();
}

/** Ids that AWS, an emulator or the provider chooses, each with the variable for it. */
const CHOSEN: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "{id}"],
  [/(?<=-)20\d{24}/g, "{generated}"],
  [/(?<=\/)(?:eipalloc|fl|igw|lt|nat|rtb|rtbassoc|sg|sgr|subnet|vpc|vpce)-[0-9a-f]{8,17}/g, "{id}"],
  [/(?<=\/(?:apikeys|deployments|keys|restapis|usageplans|vpclinks)\/)\w{8,10}\b/g, "{id}"],
  [/(?<=:(?:distribution|origin-access-control)\/)E[A-Z0-9]+/g, "{id}"],
  [/(?<=\/)[0-9a-f]{16}(?=\/|$| )/g, "{id}"],
  [/(?<=:userpool\/)[\w-]+_\w+/g, "{id}"],
  [/(?<=hostedzone\/)Z[A-Z0-9]+/g, "{id}"],
  [/(?<=:change\/)C[A-Z0-9]+/g, "{id}"],
];

/** A line with variables for what differs between environments, accounts and runs. */
export function generalLine(
  line: string,
  { name, region, pools, stateBucket, lockTable }: RecordedEnvironment,
): string {
  const bare = CHOSEN.reduce((text, [pattern, variable]) => text.replaceAll(pattern, variable), line);
  return [
    [ACCOUNT, "{account}"],
    [`key/of-${stateBucket}`, "key/{state-key}"],
    [`key/sluice-${name}-state`, "key/{state-key}"],
    ["key/of-states", "key/{state-key}"],
    ["workgroup/of-query", `workgroup/sluice-${name}-usage`],
    [databasePrefix(name), "{databases}"],
    [`:::${stateBucket}`, ":::{state-bucket}"],
    [`table/${lockTable}`, "table/{lock-table}"],
    [`sluice-${name}`, "{name}"],
    [`${name}/`, "{environment}/"],
    [region, "{region}"],
    ...pools.map((pool) => [`-${pool}`, "-{pool}"]),
  ]
    .reduce((text, [value = "", variable = ""]) => text.replaceAll(value, variable), bare)
    .replace(/(?<=:key\/)of-\S+/, "{id}")
    .replace(/(?<=:alarm:\{name\}-)\S+/, "{alarm}")
    .replace(/(?<=:::\{name\}-\w+-\{generated\}\/)\S+/, "{key}")
    .replace(/(?<=\{state-bucket\}\/\{environment\}\/)\S+(?=\.tfstate)/, "{stack}");
}

/** The reverse, with values for every variable, so that a policy can be evaluated. */
export function particularLine(line: string, { name, region, stateBucket, lockTable }: RecordedEnvironment): string {
  const values: Readonly<Record<string, string>> = {
    account: ACCOUNT,
    "state-bucket": stateBucket,
    "lock-table": lockTable,
    environment: name,
    name: `sluice-${name}`,
    databases: databasePrefix(name),
    region,
    generated: "20261128141829486700000001",
  };
  return line.replaceAll(/\{([\w-]+)\}/g, (_, variable: string) => values[variable] ?? `some-${variable}`);
}
