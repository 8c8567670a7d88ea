import * as z from "zod";
import { REGION_IDS } from "../catalog/regions.ts";
import { VALKEY_NODE_TYPE_IDS } from "../catalog/valkey-node-types.ts";
import { BatchSettings, MAX_EDGE_FILE_BYTES } from "../contracts/api/batches.ts";
import { GENERATION_ROUTES } from "../contracts/api/generation-routes.ts";
import { StripeBilling } from "../contracts/billing/stripe.ts";
import { MemberKeys } from "../contracts/control/project-keys.ts";
import { KeylessLimits, TierSettings } from "../contracts/limits/limit-settings.ts";
import { Markups } from "../contracts/limits/markup.ts";
import { AddressRange, AuthMode } from "../contracts/processes/auth.ts";
import { CacheSettings, RouteTimeouts } from "../contracts/processes/gateway-config.ts";
import { PeopleSettings } from "../contracts/processes/people.ts";
import { QueueLimits } from "../contracts/processes/queue-limits.ts";
import { SiteConfig } from "../contracts/processes/site-config.ts";
import { WorkloadPolicy } from "../contracts/processes/workloads.ts";
import {
  ProviderName,
  ProviderSettings,
  PublicModelName,
  RouteSettings,
} from "../contracts/targets/target-settings.ts";
import type { DeepReadonly } from "../lib/deep-readonly.ts";
import { AuditStream } from "./audit-stream.ts";
import { InstanceTypeName } from "./instance-type-name.ts";
import { ImageId, Pool, PoolName } from "./pool.ts";
import { UserPool } from "./user-pool.ts";

const name = z.string().regex(/^[a-z][a-z0-9-]{0,19}$/, "must be 1 to 20 of a-z, 0-9 and -, starting with a letter");
/** Load balancers and Valkey are named after it: AWS takes no hyphen at the end of their names, nor two together. */
const environmentName = name.regex(
  /^(?!.*--)(?!.*-$)/,
  "must have no two hyphens together and none at the end: AWS takes no such name of a load balancer or of Valkey",
);
const origin = z.union([z.literal("*"), z.url({ protocol: /^https?$/, error: "must be * or an http(s) origin" })]);

const addressRange = AddressRange.refine(
  (range) => !range.endsWith("/0"),
  "must not be every address: the firewall takes no range of /0",
);

/** Each is a usage plan and a key of API Gateway, of which an account has 300 and 10,000 by default. */
const MAX_TIERS = 50;

const UsagePlan = z.strictObject({
  /** Steady rate of all callers on this plan together, in requests per second. */
  requestsPerSecond: z.number().gt(0).max(10_000),
  /** Burst of requests above the steady rate. */
  burst: z.int().min(1).max(10_000),
  /** Requests per calendar month; `null` for no quota. */
  requestsPerMonth: z.int().min(1).nullable(),
});

const Valkey = z.strictObject({
  nodeType: z.enum(VALKEY_NODE_TYPE_IDS),
  /** Nodes in different zones, of which one is the primary; a single node has no failover. */
  nodes: z.int().min(1).max(6),
});

const Ci = z.strictObject({
  repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, "must be owner/name of a GitHub repository"),
  /** Branches whose workflows may deploy. */
  branches: z.array(z.string().regex(/^[\w./-]+$/, "must be a branch name, without wildcards")),
  /** GitHub environments (with their approvals) whose jobs may deploy. */
  environments: z.array(z.string().regex(/^[\w.-]+$/, "must be a GitHub environment's name, without wildcards")),
  /** An account has one OIDC provider for GitHub: `create` it here, or use the `existing` one. */
  oidcProvider: z.enum(["create", "existing"]),
});

const awsId = (kind: string, what: string) =>
  z.string().regex(new RegExp(`^${kind}-[0-9a-f]{8,17}$`), `must be the id of ${what} (${kind}-…)`);
const subnetIds = z.array(awsId("subnet", "a subnet")).min(2).max(3);

/** Subnets and access to AWS of a VPC that others manage. Each list has one subnet in each of the zones, in their order. */
const ExistingNetwork = z.strictObject({
  vpcId: awsId("vpc", "a VPC"),
  /** Of the load balancers; with the entry `alb` they have a route to the internet. */
  loadBalancerSubnetIds: subnetIds,
  /** Of the gateways; with a provider outside AWS they have a route to a NAT gateway. */
  gatewaySubnetIds: subnetIds,
  /** Of engines, functions, Valkey and API Gateway's link. */
  engineSubnetIds: subnetIds,
  /** What instances reach AWS by: the VPC's interface endpoints, and its gateway endpoints of S3 and DynamoDB. */
  endpoints: z.strictObject({
    /** Group of the interface endpoints; gateways and engines are let into it. */
    securityGroupId: awsId("sg", "a security group"),
    s3PrefixListId: awsId("pl", "a prefix list"),
    dynamodbPrefixListId: awsId("pl", "a prefix list"),
  }),
});

const Domain = z.strictObject({ name: z.string().min(4), hostedZoneId: z.string().regex(/^Z[A-Z0-9]+$/) });

/** What an organisation demands of the roles in its accounts. */
const Iam = z.strictObject({
  /** Policy that limits every role of the environment, whatever else it is granted; `null` for none. */
  permissionsBoundary: z
    .string()
    .regex(/^arn:aws:iam::(\d{12}|aws):policy\/[\w+=,.@/-]{1,128}$/, "must be a policy's ARN (arn:aws:iam::…:policy/…)")
    .nullable(),
  /** Path of every role. */
  rolePath: z
    .string()
    .regex(/^\/([\w+=,.@-]+\/)*$/, "must begin and end with /, e.g. /applications/")
    .max(128), // with the longest name within the 2,048 characters of an ARN, and policies within their size
  /** Start of the name of every role, before `sluice-`. */
  roleNamePrefix: z.string().regex(/^[\w+=,.@-]{0,16}$/, "must be at most 16 of letters, digits and _+=,.@-"),
  /** Role that OpenTofu assumes for the resources and their states; `null`: the credentials' own identity. */
  assumeRole: z
    .strictObject({
      arn: z
        .string()
        .regex(/^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/, "must be a role's ARN (arn:aws:iam::…:role/…)"),
      /** Value that the role's trust policy demands; `null` for none. It is no secret. */
      externalId: z
        .string()
        .regex(/^[\w+=,.@:/-]{2,1224}$/, "must be 2 to 1,224 of letters, digits and _+=,.@:/-")
        .nullable(),
    })
    .nullable(),
});

/** The whole description of a deployment: plain data, no logic. Unknown keys are refused. */
export const EnvironmentSchema = z.strictObject({
  name: environmentName,
  region: z.enum(REGION_IDS),
  /** The AWS account: a deployment to another one is refused. `null`: the one that the credentials belong to. */
  account: z
    .string()
    .regex(/^\d{12}$/, "must be the 12 digits of an AWS account, as text")
    .nullable(),
  /** Letters of 2 or 3 zones of the region. */
  zones: z
    .array(z.string().regex(/^[a-f]$/, "must be a zone letter, a to f"))
    .min(2)
    .max(3),
  /** Tags on every resource; `Project` and `Environment` are added. */
  tags: z.record(z.string(), z.string()),
  state: z.strictObject({
    /** Bucket of every stack's state; its name must be globally unique. */
    bucket: z
      .string()
      .regex(
        /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
        "must be 3 to 63 of a-z, 0-9 and -, starting and ending with a-z or 0-9",
      ),
    lockTable: z.string().regex(/^[\w.-]{3,255}$/, "must be 3 to 255 of letters, digits, _, . and -"),
    /** `kms`: OpenTofu encrypts states and plans itself, with the bootstrap stack's key; `none`: S3 alone does. */
    encryption: z.enum(["none", "kms"]),
  }),
  /** The GitHub repository that may deploy without stored credentials; `null` for none. */
  ci: Ci.nullable(),
  iam: Iam,
  network: z.strictObject({
    cidr: z.cidrv4(),
    /**
     * Internet egress of the gateways (36.50 dollars a month in each zone): `when-needed`, where a provider outside
     * AWS is declared below; `always`, where one may be added through the admin API.
     */
    natGateway: z.enum(["when-needed", "always"]).default("when-needed"),
    /** A VPC that is there already, to which only security groups are added; `null`: one of the environment's own. */
    existing: ExistingNetwork.nullable().default(null),
    /**
     * Whether operators may open a shell on instances by SSM Session Manager, each session logged: two interface endpoints
     * (7.30 dollars a month each in each zone), as engines have no other access to SSM. docs/operations.md says how.
     */
    shell: z.boolean().default(false),
  }),
  api: z.strictObject({
    auth: AuthMode,
    /**
     * The entry: API Gateway; a load balancer on the internet, `alb`; or `private`, a load balancer that only your own
     * networks reach, without the firewall and the page. Load balancers carry WebSockets and streams without a throttle,
     * need `domain`, and have neither usage plans nor `stage` and `throttle`. The firewall protects the first two.
     */
    entry: z.enum(["api-gateway", "alb", "private"]).default("api-gateway"),
    /** Ranges of your networks whose addresses may connect to the entry `private`; none with the others. */
    allowedRanges: z.array(z.cidrv4()).max(20).default([]), // a security group has 60 rules, by AWS's default quota
    /**
     * The role by which API Gateway writes access logs: an account has one in each region, for the APIs of all environments.
     * `create` it with this environment's bootstrap stack, or use the `existing` one of another environment.
     */
    accountLogRole: z.enum(["create", "existing"]),
    /** API Gateway stage, part of the URL where no domain is configured. */
    stage: z.string().regex(/^[a-z][a-z0-9]{0,15}$/, "must be 1 to 16 of a-z and 0-9, starting with a letter"),
    /** Domain of the API, with its Route 53 zone; `null` for API Gateway's own address. */
    domain: Domain.nullable(),
    /**
     * The control API, `/v1/organization`: projects, users, invitations, admin keys and an audit log, in the shapes of
     * OpenAI's administration API. A function and a table; without requests they cost nothing. docs/control-api.md.
     */
    controlApi: z.boolean().default(false),
    /**
     * Keys that members of projects make for themselves in the control API; `null`: none, and administrators make keys of service
     * accounts. docs/control-api.md.
     */
    memberKeys: MemberKeys.nullable().default(null),
    /**
     * How S3 locks the files of the control API's audit trail for `auditDays`: `compliance`, so that nobody deletes one before
     * its time, AWS's root user and AWS's support neither; or `governance`, so that who has s3:BypassGovernanceRetention can.
     * A file keeps the lock that it was written with. docs/audit.md.
     */
    auditLock: z.enum(["compliance", "governance"]).default("compliance"),
    /** Days for which a file of the audit trail is locked. A file in compliance mode can get more days and never fewer. */
    auditDays: z.int().min(1).max(36_500).default(365), // 36,500 days is S3's own maximum
    /** Sends the events of the audit trail to a SIEM, or to a bucket of its own; `null`: nowhere. docs/audit.md. */
    auditStream: AuditStream.nullable().default(null),
    /**
     * Whether the streams and WebSockets that run when their key is revoked end within a second, with an error event;
     * otherwise they end by themselves, and only further requests are refused. docs/keys.md.
     */
    endStreamsOnRevoke: z.boolean().default(false),
    corsOrigins: z.array(origin).min(1),
    bodyLimitBytes: z.int().min(1024).max(10_000_000),
    /**
     * Ranges of addresses without the limit per address, in CIDR notation: servers of your own that send more, behind one
     * address. Keys, plans and the queue bound them. A range that others share lets them in, too.
     */
    trustedAddresses: z.array(addressRange).max(100),
    requestsPerMinutePerIp: z.int().min(10).max(2_000_000_000), // 10 is WAF's own minimum
    /**
     * The limit of requests with an API key, where it is another: an office behind one address, whose callers' keys have plans
     * of their own. Anybody can send what has the form of a key, so it is a higher limit and not none. `null`: the same.
     */
    requestsPerMinutePerIpWithKey: z.int().min(10).max(2_000_000_000).nullable(),
    /**
     * What callers without an API key may use of tokens, money and requests: each address, and all of them together. Each
     * limit as those of keys: docs/limits-of-use.md. Windows of a day and longer need `usage`.
     */
    keylessLimits: KeylessLimits,
    timeouts: RouteTimeouts,
    routeTimeouts: z.partialRecord(z.enum(GENERATION_ROUTES), RouteTimeouts.partial()),
    /** Requests that wait in a gateway while all engines of a model are full, or none is ready. */
    queue: QueueLimits,
    /** Throttle of the whole stage. */
    throttle: z.strictObject({ requestsPerSecond: z.number().gt(0).max(10_000), burst: z.int().min(1).max(10_000) }),
    /**
     * Limits by name, for the keys made with that plan (`sluice keys create --plan`) and the keys and projects that the control
     * API gives that tier. Behind API Gateway each is a usage plan too, derived from its limits. docs/limits-of-use.md.
     */
    tiers: z.record(name, TierSettings).refine((tiers) => Object.keys(tiers).length <= MAX_TIERS, {
      error: `must be at most ${MAX_TIERS}`,
    }),
    /** Usage plans by name. Requests without a key use `anonymous`. */
    usagePlans: z.record(name, UsagePlan),
  }),
  identity: z.strictObject({
    /**
     * Machines that sign in without a stored key: they exchange a token of their platform for a key of minutes. Without
     * any there is no token exchange. docs/workload-identity.md.
     */
    workloads: z.array(WorkloadPolicy),
    /** People who sign in at an OpenID provider for keys of their projects; `null` for none. docs/sign-in.md. */
    people: PeopleSettings.nullable(),
    /** The user pool of Amazon Cognito where they do, which the stacks make; `null` for none. Needs `people.issuer` "cognito". docs/sign-in.md. */
    userPool: UserPool.nullable().default(null),
  }),
  /** Storage of responses for callers of `/v1/responses`, and its duration; `null` for none. */
  responses: z.strictObject({ keepDays: z.int().min(1).max(365) }).nullable(),
  /**
   * History of generations with the time of every chunk, for projects that opt in, and the days for which one is stored;
   * `null` for none. Needs `api.controlApi`. docs/history.md.
   */
  history: z.strictObject({ retentionDays: z.int().min(1).max(3653) }).nullable(),
  /**
   * Usage events, one for each request that a model served, and their sums for the usage API, costs and quotas; `null` for
   * none. docs/usage.md.
   */
  usage: z
    .strictObject({
      /** Days for which the files of usage events are stored. Sums of days stay as long as the table. */
      retentionDays: z.int().min(1).max(3650),
      /**
       * Seconds of events in one file, by which usage and costs lag. Each file of a thread costs DynamoDB's writes of its
       * sums, so that fewer and longer ones cost less: docs/cost.md.
       */
      fileSeconds: z.int().min(1).max(900),
      /**
       * What becomes of requests under a limit of requests or tokens per day, week, month or for ever while its table can't
       * be reached: `refuse`, or `allow` by what the gateway knows of it. A budget in money always refuses.
       */
      whenTableIsGone: z.enum(["refuse", "allow"]),
      /**
       * Whether the events are written as Parquet too, hour by hour, with a database of Athena and named queries. Glue and Athena
       * cost nothing until you query. docs/usage.md.
       */
      athena: z.boolean().default(false),
      /** What callers are charged beside prices; the first that is about a request counts. */
      markups: Markups,
    })
    .nullable(),
  /**
   * Usage of projects as meter events of Stripe, by the hour; `null` for none. Needs `usage` and `api.controlApi`, which has
   * the projects' customers. docs/stripe.md.
   */
  billing: z.strictObject({ stripe: StripeBilling }).nullable(),
  /** Files and batches (`/v1/files`, `/v1/batches`); `null` for none. */
  batches: z
    .strictObject({
      maxFileBytes: z
        .int()
        .min(1024)
        .max(MAX_EDGE_FILE_BYTES, `must be at most ${MAX_EDGE_FILE_BYTES}: API Gateway takes bodies of 10 MB`),
      maxLinesInFlight: BatchSettings.shape.maxLinesInFlight,
      maxOpenPerKey: BatchSettings.shape.maxOpenPerKey,
    })
    .nullable(),
  gateways: z.strictObject({
    instanceType: InstanceTypeName,
    minInstances: z.int().min(1).max(64),
    maxInstances: z.int().min(1).max(64),
    image: ImageId,
    drainSeconds: z.int().min(5).max(900),
    /** Threads that serve on each instance; one needs about 100 MiB. */
    threads: z.union([z.literal("per-core"), z.int().min(1).max(64)]),
  }),
  /** Cache of responses in the gateways; `null` for none. */
  cache: CacheSettings.nullable(),
  /** A store that all gateways share (ElastiCache for Valkey); `null` for none: each gateway then has its own cache and counts. */
  valkey: Valkey.nullable(),
  /** Pools by public model name. */
  pools: z.record(PoolName, Pool),
  /** External providers by name. */
  providers: z.record(ProviderName, ProviderSettings),
  /** Public model names beside the pools' own, each with its targets. */
  routes: z.record(PublicModelName, RouteSettings),
  site: z.strictObject({
    /** The console beside the demo page: keys, usage and models in a browser. Needs `api.controlApi`. */
    console: z.enum(["on", "off"]),
    /** Domain of the page, with its Route 53 zone; `null` for CloudFront's own address. */
    domain: Domain.nullable(),
    title: z.string().min(1).max(80),
    defaults: SiteConfig.shape.defaults,
    samplePrompts: z.array(z.string().min(1).max(200)).max(6),
  }),
  /** Receivers of alarms; each mail address and webhook confirms once. */
  alarms: z.strictObject({
    emails: z.array(z.email("must be a mail address")).max(20),
    webhooks: z.array(z.url({ protocol: /^https$/, error: "must be an https address" })).max(20),
  }),
  /** Budget of a month in dollars; receivers of alarms are notified at 80 % and when the forecast exceeds it. `null` for none. */
  budget: z.strictObject({ monthlyUsd: z.number().gt(0).max(10_000_000) }).nullable(),
  /**
   * Days for which the access logs of load balancers are stored in a bucket; `null` for none. AWS charges for the storage
   * and the files, about 0.04 dollars a month for each load balancer and zone: docs/cost.md.
   */
  loadBalancerLogDays: z.int().min(1).max(3650).nullable(),
  logRetentionDays: z.union([z.literal(7), z.literal(14), z.literal(30), z.literal(90), z.literal(365)]),
  /** Whether stateful resources are protected from destruction. */
  deletionProtection: z.boolean(),
});

export type Environment = DeepReadonly<z.infer<typeof EnvironmentSchema>>;
export type PoolSettings = Environment["pools"][string];
