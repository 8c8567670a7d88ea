import * as z from "zod";
import { REGION_IDS } from "../catalog/regions.ts";
import { VALKEY_NODE_TYPE_IDS } from "../catalog/valkey-node-types.ts";
import { BatchSettings, MAX_EDGE_FILE_BYTES } from "../contracts/api/batches.ts";
import { StripeBilling } from "../contracts/billing/stripe.ts";
import { Markups } from "../contracts/limits/markup.ts";
import { CacheSettings } from "../contracts/processes/gateway-config.ts";
import { PeopleSettings } from "../contracts/processes/people.ts";
import { SiteConfig } from "../contracts/processes/site-config.ts";
import { WorkloadPolicy } from "../contracts/processes/workloads.ts";
import {
  ProviderName,
  ProviderSettings,
  PublicModelName,
  RouteSettings,
} from "../contracts/targets/target-settings.ts";
import type { DeepReadonly } from "../lib/deep-readonly.ts";
import { ApiSettings } from "./api-settings.ts";
import { HostedDomain } from "./hosted-domain.ts";
import { IamSettings } from "./iam-settings.ts";
import { InstanceTypeName } from "./instance-type-name.ts";
import { NetworkSettings } from "./network-settings.ts";
import { ImageId, Pool, PoolName } from "./pool.ts";
import { ShortName } from "./short-name.ts";
import { UserPool } from "./user-pool.ts";

/** Load balancers and Valkey are named after it: AWS takes no hyphen at the end of their names, nor two together. */
const environmentName = ShortName.regex(
  /^(?!.*--)(?!.*-$)/,
  "must have no two hyphens together and none at the end: AWS takes no such name of a load balancer or of Valkey",
);

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
  iam: IamSettings,
  network: NetworkSettings,
  api: ApiSettings,
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
    domain: HostedDomain.nullable(),
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
