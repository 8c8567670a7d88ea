/** A finding that stays, and why. */
export interface AcceptedFinding {
  /** The tool's name for the rule. */
  readonly rule: string;
  /** Which findings: matched against `<environment>-<stack>/<resource name>`. @default - all of the rule */
  readonly only?: RegExp;
  readonly reason: string;
}

const oneCopyIsEnough =
  "What is in it can be made again from the repository and the model's source, or has versions (the states); a second region brings its own.";
const noServerLog =
  "Who may read is in the key's and the roles' policies, the endpoint lets nothing else through, and CloudTrail's data events name each reader where an account has them on.";

/** checkov's findings that stay. Each must still be found: a test fails on one that is not. */
export const CHECKOV_ACCEPTED: readonly AcceptedFinding[] = [
  { rule: "CKV_AWS_18", reason: noServerLog },
  { rule: "CKV_AWS_144", reason: oneCopyIsEnough },
  { rule: "CKV2_AWS_62", reason: "Nothing waits for a new object: instances fetch when they start." },

  {
    rule: "CKV_AWS_150",
    only: /^dev-/,
    reason: "dev asks for no deletion protection (deletionProtection: false), so that it can be destroyed in one go.",
  },
  {
    rule: "CKV_AWS_91",
    reason:
      "Every request is in API Gateway's access log and in the gateway's own; load balancers write only to buckets without a customer key.",
  },
  {
    rule: "CKV_AWS_2",
    only: /LoadBalancer_Engines/,
    reason: "Engines speak HTTP, inside the VPC, and security groups let nobody but gateways and load balancer in.",
  },
  { rule: "CKV_AWS_103", only: /LoadBalancer_Engines/, reason: "As CKV_AWS_2: there is no TLS on this hop." },
  { rule: "CKV_AWS_378", reason: "As CKV_AWS_2, also for gateways: TLS ends at the load balancer." },
  { rule: "CKV2_AWS_20", reason: "There is no listener on 80 to redirect; the plain one is the engines'." },
  { rule: "CKV2_AWS_5", reason: "Each group is used in another stack, which checkov reads by itself." },
  {
    rule: "CKV_AWS_31",
    only: /Valkey/,
    reason:
      "TLS is required; a token would stand in the state, and the security group lets in nobody who would not know it (docs/decisions/017).",
  },

  { rule: "CKV_AWS_73", reason: "A request's id runs through all logs; traces would be paid for every token stream." },
  { rule: "CKV_AWS_120", reason: "An answer is its caller's alone, and is streamed: nothing to cache." },
  { rule: "CKV_AWS_225", reason: "As CKV_AWS_120." },
  { rule: "CKV2_AWS_4", reason: "Execution logs would hold headers, and with them keys." },
  {
    rule: "CKV2_AWS_51",
    reason: "Callers are OpenAI SDKs with API keys; client certificates would shut all of them out.",
  },
  {
    rule: "CKV_AWS_192",
    reason: "Nothing behind it runs Java, and prompts may well speak of Log4j: the rule would block them.",
  },
  { rule: "CKV2_AWS_77", reason: "As CKV_AWS_192." },
  {
    rule: "CKV2_AWS_31",
    reason: "Its one rule counts addresses; blocked requests are a metric, those let through are in the access log.",
  },

  {
    rule: "CKV_AWS_115",
    reason:
      "A reservation is taken from the account's own, which in a new account is 10 in all; the stage's throttle and the hooks' rate bound the calls.",
  },
  {
    rule: "CKV_AWS_116",
    reason:
      "The authorizer is called and waited for; of the others, Lambda tries twice more, then the hook's time runs out or the next hour comes.",
  },
  {
    rule: "CKV_AWS_117",
    only: /\/(Authorizer|Cost_Function_\w+)$/,
    reason: "They call AWS alone, by IAM; inside the VPC each would need one more endpoint and a slower cold start.",
  },
  { rule: "CKV_AWS_173", reason: "Their environment names tables and plans; no secret is in it." },
  {
    rule: "CKV_AWS_272",
    reason: "The bundles come from the repository by the CI role; a profile would sign them there.",
  },
  { rule: "CKV_AWS_50", reason: "As CKV_AWS_73." },

  {
    rule: "CKV_AWS_338",
    reason: "The environment says how long (logRetentionDays); a year of who called when is more than is needed.",
  },

  { rule: "CKV_AWS_68", reason: "Public files without a server behind them: nothing to defend but CloudFront's own." },
  { rule: "CKV2_AWS_47", reason: "As CKV_AWS_68." },
  {
    rule: "CKV_AWS_86",
    reason: "Who opened a public page need not be kept; CloudFront logs only to buckets with ACLs.",
  },
  { rule: "CKV_AWS_174", reason: "The page has CloudFront's own name, whose certificate and TLS versions are AWS's." },
  { rule: "CKV2_AWS_42", reason: "As CKV_AWS_174." },
  { rule: "CKV_AWS_259", reason: "All is set but preload, a promise for a whole domain; cloudfront.net is AWS's." },
  { rule: "CKV_AWS_310", reason: "The page shows an API that is in one region; alone it would be of no use." },
  { rule: "CKV_AWS_374", reason: "Whom to serve is the operator's to say; by default everyone." },
];

/** tflint's findings that stay. */
export const TFLINT_ACCEPTED: readonly AcceptedFinding[] = [
  {
    rule: "aws_elasticache_replication_group_default_parameter_group",
    reason:
      "The default memory policy, volatile-lru, is the one that a cache wants; nothing else in it needs another value.",
  },
];
