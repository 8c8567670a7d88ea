import { type ActionResource, actionReference, arnForm } from "../../domain/iam/service-reference/service-reference.ts";
import type { Call } from "../aws-calls/call.ts";
import { ACCOUNT } from "../tools/emulators.ts";
import { ownValues, valuesOf } from "./call-values.ts";

/** One resource of a call. */
export interface CalledResource {
  readonly arn: string;
  /** Whether the call makes it, so that it has no tags yet. */
  readonly isNew: boolean;
  /** Whether conditions on tags see its tags. */
  readonly readsTags: boolean;
}

/** Stands for an id that AWS chooses when the call is made. */
const NEW_ID = "new";

/**
 * Actions that AWS checks on all resources, whatever the call names.
 * - composite alarms: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html and
 *   API_DescribeAlarms.html ("scoped to *")
 * - subscriptions: AWS's reference has the topic as optional, so a subscription's call may name none
 * - WAF on a load balancer: AWS's reference knows no resource of `elasticloadbalancing:SetWebAcl`
 */
const ON_ALL: ReadonlySet<string> = new Set([
  "cloudwatch:DescribeAlarms",
  "cloudwatch:PutCompositeAlarm",
  "sns:GetSubscriptionAttributes",
  "sns:SetSubscriptionAttributes",
  "sns:Unsubscribe",
]);

interface Naming {
  /** Fields of a call that hold a resource's name; the first that it has counts. */
  readonly fields: readonly string[];
  /** Rest of its ARN around `<name>` and `<id>`. */
  readonly rest: string;
  /** The operations that name it so. @default - all */
  readonly operations?: RegExp;
}

/** How calls name resources, by `service:type`. */
const NAMED: Readonly<Record<string, Naming>> = {
  "athena:workgroup": { fields: ["WorkGroup", "Name"], rest: "workgroup/<name>" },
  "autoscaling:autoScalingGroup": {
    fields: ["AutoScalingGroupName", "ResourceId"],
    rest: "autoScalingGroup:id:autoScalingGroupName/<name>",
  },
  "budgets:budget": { fields: ["BudgetName"], rest: "budget/<name>" },
  "cloudwatch:alarm": { fields: ["AlarmName", "AlarmNames"], rest: "alarm:<name>" },
  "cloudwatch:dashboard": { fields: ["DashboardName", "DashboardNames"], rest: "dashboard/<name>" },
  "cognito-idp:userpool": { fields: ["UserPoolId"], rest: "userpool/<name>" },
  "dynamodb:table": { fields: ["TableName"], rest: "table/<name>" },
  "elasticache:cluster": { fields: ["CacheClusterId"], rest: "cluster:<name>" },
  "elasticache:parametergroup": { fields: ["CacheParameterGroupName"], rest: "parametergroup:<name>" },
  "elasticache:replicationgroup": { fields: ["ReplicationGroupId"], rest: "replicationgroup:<name>" },
  "elasticache:subnetgroup": { fields: ["CacheSubnetGroupName"], rest: "subnetgroup:<name>" },
  "elasticloadbalancing:loadbalancer": { fields: ["Name"], rest: "loadbalancer/app/<name>/new" },
  "elasticloadbalancing:targetgroup": { fields: ["Name"], rest: "targetgroup/<name>/new" },
  "events:rule-on-default-event-bus": { fields: ["Name", "Rule"], rest: "rule/<name>" },
  "firehose:deliverystream": { fields: ["DeliveryStreamName"], rest: "deliverystream/<name>" },
  "iam:instance-profile": { fields: ["InstanceProfileName"], rest: "instance-profile/<name>" },
  "iam:role": { fields: ["RoleName"], rest: "role/<name>" },
  "kms:alias": { fields: ["AliasName"], rest: "<name>" },
  "kms:key": { fields: ["KeyId", "TargetKeyId"], rest: "key/<name>" },
  "logs:log-group": { fields: ["logGroupName"], rest: "log-group:<name>" },
  "sns:topic": { fields: ["Name"], rest: "<name>" },
  "ssm:document": { fields: ["Name"], rest: "document/<name>" },
  "ssm:parameter": { fields: ["Name", "Names"], rest: "parameter/<name>" },
  // A web ACL names its sets of addresses by ARN; its own name is no set's.
  "wafv2:ipset": { fields: ["Name"], rest: "regional/ipset/<name>/<id>", operations: /IPSet$/ },
  "wafv2:webacl": { fields: ["Name"], rest: "regional/webacl/<name>/<id>" },
};

/** Starts of EC2's ids by resource type. */
const EC2_IDS: Readonly<Record<string, string>> = {
  eipalloc: "elastic-ip",
  fl: "vpc-flow-log",
  igw: "internet-gateway",
  lt: "launch-template",
  nat: "natgateway",
  rtb: "route-table",
  sg: "security-group",
  sgr: "security-group-rule",
  subnet: "subnet",
  vpc: "vpc",
  vpce: "vpc-endpoint",
};

/** The resources on which AWS checks an action of a call; those that a create makes have the id `new`. */
export function resourcesOfCall(action: string, call: Call): readonly CalledResource[] {
  const [service = ""] = action.split(":");
  const all: CalledResource = { arn: "*", isNew: false, readsTags: false };
  if (ON_ALL.has(action)) return [all];
  // OpenTofu decrypts its states by a text that names the key.
  if (action === "kms:Decrypt")
    return [{ arn: `arn:aws:kms:${call.region}:${ACCOUNT}:key/of-states`, isNew: false, readsTags: false }];
  // A call names a query by an id that AWS chose; the stacks have one workgroup.
  if (/^athena:(?:Delete|Get)NamedQuery$/.test(action))
    return [{ arn: `arn:aws:athena:${call.region}:${ACCOUNT}:workgroup/of-query`, isNew: false, readsTags: true }];
  if (service === "apigateway") return [path(call)];
  if (service === "s3") return [{ arn: `arn:aws:s3:::${s3Name(action, call)}`, isNew: false, readsTags: false }];
  const { resources } = actionReference(action);
  if (resources.length === 0) return [all];
  const named = resources.flatMap(({ type, readsTags }): readonly CalledResource[] => {
    const arns = service === "ec2" ? ec2Resources(type, call) : namedResources(action, type, call);
    return arns.map((arn) => ({ arn, isNew: arn.endsWith(`/${NEW_ID}`), readsTags }));
  });
  // What EC2 makes beside what the call names. Elsewhere the required types are alternatives, or the call names each.
  const isMade = ({ type, isRequired }: ActionResource) =>
    isRequired && (service === "ec2" ? ec2Resources(type, call).length === 0 : named.length === 0);
  const made = resources
    .filter(isMade)
    .map(({ type, readsTags }) => ({ arn: fill(call, arnForm(action, type)), isNew: true, readsTags }));
  return named.length + made.length > 0 ? [...named, ...made] : [all];
}

/** An API Gateway's resource is its path; a version of the API is no part of it. */
function path({ method, url, region }: Call): CalledResource {
  const [where = ""] = url.split("?");
  const arn = `arn:aws:apigateway:${region}::${where.replace(/^\/v2/, "")}`;
  return { arn, isNew: method === "POST", readsTags: true };
}

/** Bucket, or bucket and key; a deletion of many objects names them in its body. */
function s3Name(action: string, { url }: Call): string {
  const name = decodeURIComponent((url.split("?")[0] ?? "").slice(1).replace(/\/$/, ""));
  return action.startsWith("s3:DeleteObject") && !name.includes("/") ? `${name}/of-many` : name;
}

function ec2Resources(type: string, call: Call): readonly string[] {
  const values = [...valuesOf(call).values()].flat();
  return values.flatMap((value) => {
    const start = /^([a-z]+)-[0-9a-f]{8,17}$/.exec(value)?.[1] ?? "";
    // An association is that of a subnet with a route table.
    const isAssociation = start === "rtbassoc" && /^(route-table|subnet)$/.test(type);
    return EC2_IDS[start] === type || isAssociation ? [ec2Arn(call, type, value)] : [];
  });
}

export function ec2Arn({ region }: Call, type: string, id: string): string {
  return `arn:aws:ec2:${region}:${ACCOUNT}:${type}/${id}`;
}

function namedResources(action: string, type: string, call: Call): readonly string[] {
  const [service = ""] = action.split(":");
  const form = arnForm(action, type);
  const values = valuesOf(call);
  const isForm = arnPattern(form);
  const arns = [...values.values(), decodeURIComponent(call.url).split(/[?&=]|(?<=\/tags)\//)]
    .flat()
    .filter((value) => isForm.test(value));
  if (arns.length > 0) return [...new Set(arns)];
  if (service === "glue") return glueResources(type, call);
  if (service === "lambda") return lambdaFunction(call, values);
  if (service === "cloudfront" || service === "route53") return pathResource(call, form);
  const named = NAMED[`${service}:${type}`];
  if (named === undefined || named.operations?.test(call.operation) === false) return [];
  const found = named.fields.map((field) => (field === "Name" ? ownValues(call, field) : (values.get(field) ?? [])));
  const names = found.find((all) => all.length > 0) ?? [];
  const [id = NEW_ID] = ownValues(call, "Id");
  const [start = ""] = /^(?:[^:]*:){5}/.exec(fill(call, form)) ?? [];
  return names.map((name) =>
    name.startsWith("arn:") ? name : start + named.rest.replace("<name>", bare(type, name)).replace("<id>", id),
  );
}

/** Stands for the key behind an alias of AWS's own, e.g. of `alias/aws/dynamodb`: it has no tag. */
const OF_AWS = "aws-owned";

/** A parameter's name begins with a slash that its ARN has once; a key's alias stands for the key. */
function bare(type: string, name: string): string {
  if (type === "parameter") return name.replace(/^\//, "");
  if (type !== "key") return name;
  return name.startsWith("alias/aws/") ? OF_AWS : name.replace(/^alias\//, "");
}

function lambdaFunction({ url, region }: Call, values: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const name = /\/functions\/([^/?]+)/.exec(url)?.[1] ?? values.get("FunctionName")?.[0];
  return name === undefined ? [] : [`arn:aws:lambda:${region}:${ACCOUNT}:function:${name}`];
}

/** Glue checks an action on the account's catalogue, the database, and the table or, as a database is deleted, all in it. */
function glueResources(type: string, call: Call): readonly string[] {
  const values = valuesOf(call);
  const named = (field: string) => values.get(field)?.[0];
  const ofTable = named("DatabaseName");
  const database = ofTable ?? named("Name");
  const start = `arn:aws:glue:${call.region}:${ACCOUNT}`;
  const inDatabase = { table: "table", userdefinedfunction: "userDefinedFunction" }[type];
  if (type === "rootcatalog") return [`${start}:catalog`];
  if (database === undefined) return [];
  if (type === "database") return [`${start}:database/${database}`];
  if (inDatabase === undefined) return [];
  const table = ofTable === undefined ? "all" : (named("TableName") ?? ownValues(call, "Name")[0] ?? named("Name"));
  return [`${start}:${inDatabase}/${database}/${table}`];
}

/** `/distribution/E123/config` is that of the distribution E123. */
function pathResource(call: Call, form: string): readonly string[] {
  const noun = /:([\w-]+)\/[^:]*$/.exec(form)?.[1];
  const id = new RegExp(`/${noun}/([^/?]+)`).exec(call.url)?.[1];
  return id === undefined ? [] : [fill(call, form.replace(/\/[^/]*$/, `/${id}`))];
}

/** An ARN of a form, with `new` for what is not known. */
function fill({ region }: Call, form: string): string {
  const known: Readonly<Record<string, string>> = { Partition: "aws", Region: region, Account: ACCOUNT };
  return form.replaceAll(/\$\{(\w+)\}/g, (_, variable: string) => known[variable] ?? NEW_ID);
}

function arnPattern(form: string): RegExp {
  const parts = form.split(/\$\{\w+\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^:]*")}$`);
}
