/** An accepted finding and its reason. */
export interface AcceptedFinding {
  /** Id of the rule in the tool. */
  readonly rule: string;
  /** Which findings: matched against `<environment>-<stack>/<resource name>`. @default - all of the rule */
  readonly only?: RegExp;
  readonly reason: string;
}

const oneCopyIsEnough =
  "Its content can be built again from the repository and the model's source, or has versions (the states); a second region has its own.";
const noServerLog =
  "The key's and the roles' policies limit the readers, the endpoint admits no others, and CloudTrail's data events record each reader where an account has them on.";

/** Accepted findings of checkov. Each must still be reported: a test fails on one that is not. */
export const CHECKOV_ACCEPTED: readonly AcceptedFinding[] = [
  { rule: "CKV_AWS_18", reason: noServerLog },
  { rule: "CKV_AWS_144", reason: oneCopyIsEnough },
  {
    rule: "CKV_AWS_145",
    only: /LoadBalancerLogs/,
    reason: "Load balancers write only to buckets without a customer key; S3's own key encrypts this one.",
  },
  {
    rule: "CKV_AWS_28",
    only: /\/History_DataKeys_\w+$/,
    reason:
      "What a deleted data key encrypted must stay unreadable: a recovery would bring the key back (docs/decisions/078).",
  },
  { rule: "CKV2_AWS_62", reason: "Nothing waits for a new object: instances fetch when they start." },

  {
    rule: "CKV_AWS_150",
    only: /^dev-/,
    reason: "dev has no deletion protection (deletionProtection: false), so that one command can destroy it.",
  },
  {
    rule: "CKV_AWS_91",
    only: /^(dev|prod)-/, // loadBalancerLogDays is null in both
    reason:
      "Every request is in API Gateway's access log and in the gateway's own; load balancers write only to buckets without a customer key.",
  },
  {
    rule: "CKV_AWS_2",
    only: /LoadBalancer_Engines/,
    reason: "Engines speak HTTP, inside the VPC, and security groups admit only gateways and the load balancer.",
  },
  { rule: "CKV_AWS_103", only: /LoadBalancer_Engines/, reason: "As CKV_AWS_2: there is no TLS on this hop." },
  { rule: "CKV_AWS_378", reason: "As CKV_AWS_2, also for gateways: TLS ends at the load balancer." },
  { rule: "CKV2_AWS_20", reason: "There is no listener on 80 to redirect; the plain one is the engines'." },
  {
    rule: "CKV_AWS_112",
    only: /\/Shell$/,
    reason:
      "The agent speaks TLS with Systems Manager; a KMS key on top would need permissions of instances and of people.",
  },
  { rule: "CKV2_AWS_5", reason: "Each group is used in another stack, which checkov reads by itself." },
  {
    rule: "CKV_AWS_31",
    only: /Valkey/,
    reason:
      "TLS is required; the state would hold a token, and the security group admits only gateways, which would know it (docs/decisions/017).",
  },

  { rule: "CKV_AWS_73", reason: "A request's id runs through all logs; traces would be paid for every token stream." },
  { rule: "CKV_AWS_120", reason: "A response is its caller's alone, and is streamed: nothing can be cached." },
  { rule: "CKV_AWS_225", reason: "As CKV_AWS_120." },
  { rule: "CKV2_AWS_4", reason: "Execution logs would hold headers, which have API keys." },
  {
    rule: "CKV2_AWS_51",
    reason: "Callers are OpenAI SDKs with API keys; client certificates would exclude all of them.",
  },
  {
    rule: "CKV_AWS_192",
    reason: "Nothing behind it runs Java, and prompts may well contain Log4j expressions: the rule would block them.",
  },
  { rule: "CKV2_AWS_77", reason: "As CKV_AWS_192." },

  {
    rule: "CKV_AWS_115",
    reason:
      "A reservation is taken from the account's own, which in a new account is 10 in all; the stage's throttle and the hooks' rate bound the calls.",
  },
  {
    rule: "CKV_AWS_116",
    reason:
      "The authorizer is called synchronously; Lambda retries the others twice, then the hook times out or the next hour's run follows.",
  },
  {
    rule: "CKV_AWS_117",
    only: /\/(Authorizer|(AuditSealer|ControlApi|Cost|Notices|Stripe|TokenExchange|UsageArchiver|UsageCounter)_Function_\w+)$/,
    reason:
      "They call AWS by IAM, TokenExchange the issuers and Stripe its API on the internet; inside the VPC each would need one more endpoint, or internet egress, and a slower cold start.",
  },
  { rule: "CKV_AWS_173", reason: "Their environment names tables and plans; no secret is in it." },
  {
    rule: "CKV_AWS_272",
    reason: "The bundles come from the repository by the CI role; a profile would sign them there.",
  },
  { rule: "CKV_AWS_50", reason: "As CKV_AWS_73." },

  {
    rule: "CKV_AWS_338",
    reason: "The environment sets the retention (logRetentionDays); a year of access logs is more than is needed.",
  },

  { rule: "CKV_AWS_68", reason: "Public files without a server behind them: there is only CloudFront to protect." },
  { rule: "CKV2_AWS_47", reason: "As CKV_AWS_68." },
  {
    rule: "CKV_AWS_86",
    reason: "Visits of a public page need no log; CloudFront logs only to buckets with ACLs.",
  },
  { rule: "CKV_AWS_174", reason: "The page has CloudFront's own name, whose certificate and TLS versions are AWS's." },
  { rule: "CKV2_AWS_42", reason: "As CKV_AWS_174." },
  { rule: "CKV_AWS_259", reason: "All is set but preload, which covers a whole domain; cloudfront.net is AWS's." },
  { rule: "CKV_AWS_310", reason: "The page uses an API in one region; without the API it would be useless." },
  { rule: "CKV_AWS_374", reason: "The operator decides which countries to serve; by default all." },
];

/** Accepted findings of tflint. */
export const TFLINT_ACCEPTED: readonly AcceptedFinding[] = [
  {
    rule: "aws_elasticache_replication_group_default_parameter_group",
    reason: "The default memory policy, volatile-lru, suits a cache; no other parameter needs another value.",
  },
];
