import type { Call } from "../aws-calls/call.ts";

/** Prefixes of IAM actions that differ from the name in a signature. */
const PREFIXES: Readonly<Record<string, string>> = { monitoring: "cloudwatch" };

/** REST operations by method and path without the API's version: the first pattern that matches names the action. */
const REST_ACTIONS: Readonly<Record<string, readonly (readonly [RegExp, string])[]>> = {
  cloudfront: [
    [/^GET \/tagging/, "ListTagsForResource"],
    [/^POST \/tagging\?.*Operation=Tag/, "TagResource"],
    [/^POST \/tagging\?.*Operation=Untag/, "UntagResource"],
    [/^POST \/distribution\/[^/]+\/invalidation/, "CreateInvalidation"],
    [/^GET \/distribution\/[^/]+\/invalidation/, "GetInvalidation"],
    ...["distribution", "origin-access-control", "response-headers-policy"].flatMap(
      (path): readonly (readonly [RegExp, string])[] => {
        const noun = path.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
        return [
          [new RegExp(`^GET /${path}/[^/]+/config`), `Get${noun}Config`],
          [new RegExp(`^GET /${path}/[^/]+$`), `Get${noun}`],
          [
            new RegExp(`^GET /${path}(\\?|$)`),
            path === "response-headers-policy" ? "ListResponseHeadersPolicies" : `List${noun}s`,
          ],
          [new RegExp(`^POST /${path}(\\?|$)`), `Create${noun}`],
          [new RegExp(`^PUT /${path}/`), `Update${noun}`],
          [new RegExp(`^DELETE /${path}/`), `Delete${noun}`],
        ];
      },
    ),
  ],
  lambda: [
    [/^POST \/functions$/, "CreateFunction"],
    [/^GET \/functions\/[^/]+$/, "GetFunction"],
    [/^DELETE \/functions\/[^/]+$/, "DeleteFunction"],
    [/^PUT \/functions\/[^/]+\/code$/, "UpdateFunctionCode"],
    [/^PUT \/functions\/[^/]+\/configuration$/, "UpdateFunctionConfiguration"],
    [/^GET \/functions\/[^/]+\/configuration$/, "GetFunctionConfiguration"],
    [/^GET \/functions\/[^/]+\/versions/, "ListVersionsByFunction"],
    [/^GET \/functions\/[^/]+\/code-signing-config$/, "GetFunctionCodeSigningConfig"],
    [/^GET \/functions\/[^/]+\/policy/, "GetPolicy"],
    [/^POST \/functions\/[^/]+\/policy$/, "AddPermission"],
    [/^DELETE \/functions\/[^/]+\/policy\//, "RemovePermission"],
    [/^GET \/tags\//, "ListTags"],
    [/^POST \/tags\//, "TagResource"],
    [/^DELETE \/tags\//, "UntagResource"],
  ],
  route53: [
    [/^GET \/change\//, "GetChange"],
    [/^GET \/hostedzone\/[^/]+$/, "GetHostedZone"],
    [/^GET \/hostedzone\/[^/]+\/rrset/, "ListResourceRecordSets"],
    [/^POST \/hostedzone\/[^/]+\/rrset/, "ChangeResourceRecordSets"],
    [/^GET \/hostedzonesbyname/, "ListHostedZonesByName"],
    [/^GET \/tags\//, "ListTagsForResource"],
  ],
};

/** S3's actions by the settings of a bucket; `GET` reads, `PUT` and `DELETE` write them. */
const BUCKET_SETTINGS: Readonly<Record<string, string>> = {
  accelerate: "AccelerateConfiguration",
  acl: "BucketAcl",
  cors: "BucketCORS",
  encryption: "EncryptionConfiguration",
  lifecycle: "LifecycleConfiguration",
  logging: "BucketLogging",
  "object-lock": "BucketObjectLockConfiguration",
  ownershipControls: "BucketOwnershipControls",
  policy: "BucketPolicy",
  publicAccessBlock: "BucketPublicAccessBlock",
  replication: "ReplicationConfiguration",
  requestPayment: "BucketRequestPayment",
  tagging: "BucketTagging",
  versioning: "BucketVersioning",
  website: "BucketWebsite",
};

/**
 * The IAM action that AWS checks for a call, e.g. `cloudwatch:PutMetricAlarm`; `undefined` for one that needs none.
 * @throws for a REST call that is not known here
 */
export function actionOfCall(call: Call): string | undefined {
  const { service, operation } = call;
  if (service === "sts" && operation === "GetCallerIdentity") return undefined; // no policy can deny it
  if (service === "budgets") return budgetAction(operation);
  if (service === "apigateway") return `apigateway:${call.method}`;
  if (service === "s3") return s3Action(call);
  if (!operation.includes(" ")) return `${PREFIXES[service] ?? service}:${operation}`;
  const path = `${call.method} ${call.url.replace(/^\/\d{4}-\d\d-\d\d/, "")}`;
  const name = REST_ACTIONS[service]?.find(([pattern]) => pattern.test(path))?.[1];
  if (name === undefined)
    throw new Error(
      `No IAM action is known for ${service} ${path}; add it to acceptance/permissions/action-of-call.ts, from AWS's service authorization reference.`,
    );
  return `${service}:${name}`;
}

/** AWS Budgets has two actions for all calls about a budget. */
function budgetAction(operation: string): string {
  if (/Tag/.test(operation)) return `budgets:${operation}`;
  return /^Describe/.test(operation) ? "budgets:ViewBudget" : "budgets:ModifyBudget";
}

function s3Action({ method, url, body }: Call): string {
  const { pathname, searchParams } = new URL(url, "http://s3");
  const isObject = pathname.slice(1).includes("/");
  if (isObject) return objectAction(method, searchParams);
  const setting = Object.keys(BUCKET_SETTINGS).find((name) => searchParams.has(name));
  if (setting === undefined) {
    if (searchParams.has("delete")) return `s3:DeleteObject${body.includes("<VersionId>") ? "Version" : ""}`;
    if (searchParams.has("versions")) return "s3:ListBucketVersions";
    if (method === "PUT") return "s3:CreateBucket";
    return method === "DELETE" ? "s3:DeleteBucket" : "s3:ListBucket";
  }
  if (method === "DELETE" && setting === "policy") return "s3:DeleteBucketPolicy";
  return `s3:${method === "GET" ? "Get" : "Put"}${BUCKET_SETTINGS[setting]}`;
}

function objectAction(method: string, query: URLSearchParams): string {
  const noun = query.has("tagging") ? "ObjectTagging" : "Object";
  const verb = { GET: "Get", HEAD: "Get", DELETE: "Delete" }[method] ?? "Put";
  return `s3:${verb}${noun}${query.has("versionId") ? "Version" : ""}`;
}
