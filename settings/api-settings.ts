import * as z from "zod";
import { GENERATION_ROUTES } from "../contracts/api/generation-routes.ts";
import { MemberKeys } from "../contracts/control/project-keys.ts";
import { KeylessLimits, TierSettings } from "../contracts/limits/limit-settings.ts";
import { AddressRange, AuthMode } from "../contracts/processes/auth.ts";
import { RouteTimeouts } from "../contracts/processes/gateway-config.ts";
import { QueueLimits } from "../contracts/processes/queue-limits.ts";
import { AuditStream } from "./audit-stream.ts";
import { HostedDomain } from "./hosted-domain.ts";
import { ShortName } from "./short-name.ts";

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

/** The API: its entry, its callers, and their limits. */
export const ApiSettings = z.strictObject({
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
  domain: HostedDomain.nullable(),
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
  tiers: z.record(ShortName, TierSettings).refine((tiers) => Object.keys(tiers).length <= MAX_TIERS, {
    error: `must be at most ${MAX_TIERS}`,
  }),
  /** Usage plans by name. Requests without a key use `anonymous`. */
  usagePlans: z.record(ShortName, UsagePlan),
});
