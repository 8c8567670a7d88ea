/**
 * Names of the environment variables that cross a process boundary. User data writes them on AWS
 * (`/etc/sluice/<role>.env`), the twin reads them from the same user data.
 */
export const ENV = {
  /** `gateway` or `engine`. */
  role: "SLUICE_ROLE",
  /** Port of the process: 8080 for a gateway, 8000 for an engine. */
  port: "SLUICE_PORT",
  /** Address to listen on; default 0.0.0.0, the twin sets 127.0.0.1. */
  host: "SLUICE_HOST",
  /** Port of the gateway's `/metrics`; default 9090. */
  metricsPort: "SLUICE_METRICS_PORT",
  /** The gateway's configuration: one line of JSON, `contracts/processes/gateway-config.ts`. */
  gatewayConfig: "SLUICE_CONFIG",
  /** The gateway's shared store in place of its configuration's, `redis://…`; empty for none (the twin). */
  valkeyUrl: "SLUICE_VALKEY_URL",
  /** Folder in which a gateway writes usage events before they are shipped; default a folder of the system's temporary one. */
  spool: "SLUICE_SPOOL",
  /** Location of a gateway's bundle on AWS: `s3://<bucket>/<key>`. Without it the image's own is run. */
  buildUri: "SLUICE_BUILD_URI",
  /** Version of that object. */
  buildVersion: "SLUICE_BUILD_VERSION",
  /** SHA-256 of the bundle, hex; a bundle with another hash is not started. */
  buildHash: "SLUICE_BUILD_HASH",
  /** The engine's arguments, vLLM's: one line of JSON, an array of strings. */
  engineArguments: "SLUICE_ENGINE_ARGUMENTS",
  /** Public model name of the pool. */
  model: "SLUICE_MODEL",
  /** Location of an engine's weights on AWS: `s3://…`. */
  weightsUri: "SLUICE_WEIGHTS_URI",
  /** The instance's Auto Scaling group. */
  groupName: "SLUICE_GROUP_NAME",
  /**
   * Launch hook that the instance completes with CONTINUE once it serves: an engine when `/health` is 200, a gateway when
   * it listens. Otherwise the instance is terminated when the hook's time is over.
   */
  launchHook: "SLUICE_LAUNCH_HOOK",
  /** Id of the instance, where there is no instance metadata (the twin). */
  instanceId: "SLUICE_INSTANCE_ID",
  /** The keys table's name (authorizer Lambda). */
  keysTable: "SLUICE_KEYS_TABLE",
  /** `off | optional | required` (authorizer Lambda). */
  authMode: "SLUICE_AUTH_MODE",
  /** The control table's name (control Lambda). */
  controlTable: "SLUICE_CONTROL_TABLE",
  /** Origins whose pages may call the control API: one line of JSON, an array of strings; absent for none (control Lambda). */
  corsOrigins: "SLUICE_CORS_ORIGINS",
  /** Where a client's address is read, `contracts/processes/function-entry.ts` (control Lambda). */
  functionEntry: "SLUICE_FUNCTION_ENTRY",
  /** Name of the environment, a dimension of metrics (sealer). */
  environment: "SLUICE_ENVIRONMENT_NAME",
  /** The usage table's name; absent where the environment stores no usage (control Lambda, usage counter). */
  usageTable: "SLUICE_USAGE_TABLE",
  /** Tables of the history of generations and of its data keys; absent where the environment stores none (control Lambda). */
  historyTable: "SLUICE_HISTORY_TABLE",
  /** Days for which each class of data is stored: one line of JSON, `EnvironmentRetention` (control Lambda). */
  retention: "SLUICE_RETENTION",
  /** Table of stored responses; absent where none are stored (control Lambda). */
  responsesTable: "SLUICE_RESPONSES_TABLE",
  /** Table of files and batches, and the bucket with the content of files; absent where there are none (control Lambda). */
  batchesTable: "SLUICE_BATCHES_TABLE",
  filesBucket: "SLUICE_FILES_BUCKET",
  subjectKeysTable: "SLUICE_SUBJECT_KEYS_TABLE",
  /** Bucket of usage events (usage counter). */
  usageBucket: "SLUICE_USAGE_BUCKET",
  /** Pools whose cost is shared among requests: one line of JSON, `AmortisedPools` (usage counter). @default - none */
  amortisedPools: "SLUICE_AMORTISED_POOLS",
  /** Days for which the files of usage events are stored. */
  usageRetention: "SLUICE_USAGE_RETENTION_DAYS",
  /** Bucket of the audit trail (sealer). */
  auditBucket: "SLUICE_AUDIT_BUCKET",
  /** Id or ARN of the KMS key that signs heads (sealer). */
  auditKey: "SLUICE_AUDIT_KEY",
  /** Name of the delivery stream that takes audit events for a SIEM (sealer). @default - none */
  auditStream: "SLUICE_AUDIT_STREAM",
  /** Usage plan of keys that the control API makes (control Lambda). */
  keyPlan: "SLUICE_KEY_PLAN",
  memberKeys: "SLUICE_MEMBER_KEYS",
  /** Id of the operator's organisation (control Lambda). */
  organization: "SLUICE_ORGANIZATION",
  /** Beginning of the names of the environment's resources, `sluice-<environment>` (control Lambda). */
  resourceName: "SLUICE_RESOURCE_NAME",
  /** Name of the topic to which the environment's alarms send (control Lambda). */
  alarmTopic: "SLUICE_ALARM_TOPIC",
  /** Public names of the models and routes of the environment file: one line of JSON, an array of strings (control Lambda). */
  publicModels: "SLUICE_PUBLIC_MODELS",
  /** Names of the environment file's tiers, in the same form (control Lambda). Absent where there are none. */
  tiers: "SLUICE_TIERS",
  /** Their limits by name, as JSON (`TierLimits`; control Lambda). Absent where they are too long. */
  tierLimits: "SLUICE_TIER_LIMITS",
  /** The mail addresses that get the environment's notices: one line of JSON, an array of strings (control Lambda). */
  mailReceivers: "SLUICE_MAIL_RECEIVERS",
  /** ARN of the KMS key that seals secrets of webhooks (control Lambda, function that sends notices). */
  secretsKey: "SLUICE_SECRETS_KEY",
  /** ARN of the SNS topic of notices (function that sends them). */
  noticesTopic: "SLUICE_NOTICES_TOPIC",
  /** How usage is reported to Stripe: one line of JSON, `contracts/billing/stripe.ts` (function that reports it). */
  stripe: "SLUICE_STRIPE",
  /** Names the environment for Stripe, with account and region (function that reports it). */
  stripeSource: "SLUICE_STRIPE_SOURCE",
  /** Address of another server of Stripe's shape, for tests; default Stripe's own (function that reports usage, the twin). */
  stripeUrl: "SLUICE_STRIPE_URL",
  /** JSON object: plan name → API Gateway API key value that identifies it (authorizer Lambda). */
  planKeys: "SLUICE_PLAN_KEYS",
  /** Settings of the token exchange: one line of JSON, `contracts/processes/workloads.ts`. */
  tokenExchange: "SLUICE_TOKEN_EXCHANGE",
  /** Tokens that are valid in place of keys: one line of JSON, `contracts/processes/access-tokens.ts` (authorizer Lambda). */
  accessTokens: "SLUICE_ACCESS_TOKENS",
  /** Address of the local stack's issuer, for the token exchange (the twin). */
  localIssuer: "SLUICE_LOCAL_ISSUER",
  /** The cost publisher's settings: one line of JSON, `contracts/processes/cost-publisher.ts`. */
  costs: "SLUICE_COSTS",
  /** pino level; default info. */
  logLevel: "SLUICE_LOG_LEVEL",
  /** Local engine: `vllm` for vLLM's build for CPUs in place of the twin's own engine. */
  localEngine: "SLUICE_LOCAL_ENGINE",
  /** Local engine: id of a model in `engine/models/local-models.ts`, or the path of a .gguf file. */
  localModel: "SLUICE_LOCAL_MODEL",
  /** Local engine: path of a .gguf file for embeddings, or `own` for the generating model's; default all-MiniLM-L6-v2. */
  localEmbeddings: "SLUICE_LOCAL_EMBEDDINGS",
  /** Local engine: sequences that decode together; default `--max-num-seqs`, at most 4. */
  localSlots: "SLUICE_LOCAL_SLOTS",
  /** Local engine: context in tokens; default `--max-model-len`, at most 4096. */
  localContext: "SLUICE_LOCAL_CONTEXT",
  /** Local engine: CPU threads; default one fewer than cores. */
  engineThreads: "SLUICE_ENGINE_THREADS",
  /** Local engine: address of an OpenAI-compatible server that is used instead. */
  engineUrl: "SLUICE_ENGINE_URL",
  /** That server's model; default the first that it lists. */
  engineModel: "SLUICE_ENGINE_MODEL",
  /** That server's key, if it needs one. */
  engineKey: "SLUICE_ENGINE_KEY",
} as const;

/** User data has the variables between these two lines, one `NAME='value'` each. */
export const ENV_BLOCK_START = "<<'SLUICE_ENV'";
export const ENV_BLOCK_END = "SLUICE_ENV";

/** Node's own choice of background threads. */
const MAX_V8_THREADS = 4;

/**
 * The gateway's variables for Node itself and for glibc, on a machine of so many cores. V8's young generation grows to twice
 * the semi-space, in MiB. Four threads that compile and collect against the serving thread: p99 added 29 ms on one core; one
 * of them: 6 ms (medians of six rounds, in turn; docs/decisions/039). Each arena of malloc keeps what was once used: with one
 * for each core a gateway holds 15 to 30 MiB less than with glibc's eight.
 */
export function gatewayNodeVariables(cores: number): {
  readonly NODE_OPTIONS: string;
  readonly MALLOC_ARENA_MAX: string;
} {
  const v8Threads = Math.min(MAX_V8_THREADS, Math.max(1, Math.floor(cores / 2)));
  return {
    NODE_OPTIONS: `--max-semi-space-size=32 --v8-pool-size=${v8Threads}`,
    MALLOC_ARENA_MAX: String(Math.max(1, Math.floor(cores))),
  };
}

export const GATEWAY_PORT = 8080;
export const GATEWAY_METRICS_PORT = 9090;
/** Path of the load balancer's health check of gateways. `/health` has the availability of models. */
export const LIVENESS_PATH = "/livez";
export const ENGINE_PORT = 8000;
/** Listener of the load balancer that forwards to engines by host name; open to the gateways only. */
export const ENGINE_LISTENER_PORT = 8000;

/** Host name by which the engine listener selects a pool. */
export function engineHost(pool: string): string {
  return `${pool}.engines.internal`;
}
