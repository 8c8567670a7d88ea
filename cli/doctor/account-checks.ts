import { AUTHORIZER, hasAuthorizer } from "../../domain/cost/platform-items.ts";
import { natGatewayCount } from "../../domain/targets/internet-egress.ts";
import type { Environment } from "../../settings/environment.ts";
import type { AccountFacts } from "./account-facts.ts";
import type { AwsFacts } from "./aws-facts.ts";
import { type Check, type Finding, fail, ok, warn } from "./finding.ts";

interface AccountSubjects {
  readonly environment: Environment;
  readonly aws: AccountFacts & Pick<AwsFacts, "quota">;
}

/** A quota of things that an account has in a region; a new account's is low. */
interface CountedQuota {
  readonly service: string;
  readonly code: string;
  /** What is counted, e.g. `VPCs`. */
  readonly what: string;
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html: 5 each in a new account. */
const VPCS: CountedQuota = { service: "vpc", code: "L-F678F1CE", what: "VPCs" };
const ADDRESSES: CountedQuota = { service: "ec2", code: "L-0263D0A3", what: "Elastic IP addresses" };
/** The tag by which budgets and Cost Explorer tell environments apart. */
const COST_TAG = "Environment";

/** What an account has once for all environments: VPCs, addresses, executions of functions, the tag of its costs. */
export function accountChecks({ environment, aws }: AccountSubjects): readonly Check[] {
  const { network, budget } = environment;
  const addresses = natGatewayCount(environment);
  return [
    ...(network.existing === null
      ? [
          {
            name: "VPCs",
            run: async (signal: AbortSignal) =>
              countFinding(environment, VPCS, 1, await aws.vpcOwners(signal), await quotaOf(aws, VPCS, signal)),
          },
        ]
      : []),
    ...(addresses > 0
      ? [
          {
            name: "addresses",
            run: async (signal: AbortSignal) => {
              const owners = await aws.addressOwners(signal);
              return countFinding(environment, ADDRESSES, addresses, owners, await quotaOf(aws, ADDRESSES, signal));
            },
          },
        ]
      : []),
    ...(hasAuthorizer(environment)
      ? [
          {
            name: "Lambda",
            run: async (signal: AbortSignal) => concurrencyFinding(environment, await aws.functionConcurrency(signal)),
          },
        ]
      : []),
    ...(budget === null
      ? []
      : [
          { name: "cost tag", run: async (signal: AbortSignal) => costTagFinding(await aws.costTag(COST_TAG, signal)) },
        ]),
  ];
}

const quotaOf = (aws: AccountSubjects["aws"], { service, code }: CountedQuota, signal: AbortSignal) =>
  aws.quota(service, code, signal);

/** @param owners of all that there are: this environment's own are no further ones */
function countFinding(
  { name, region }: Environment,
  { service, code, what }: CountedQuota,
  needed: number,
  owners: readonly (string | undefined)[],
  quota: number,
): Finding {
  const others = owners.filter((owner) => owner !== name).length;
  const text = `others have ${others} ${what}, this environment needs ${needed}, and the quota is ${quota}`;
  if (others + needed <= quota) return ok(text);
  return fail(
    text,
    `delete what is unused, or request a quota of ${others + needed}: aws service-quotas request-service-quota-increase ` +
      `--service-code ${service} --quota-code ${code} --desired-value ${others + needed} --region ${region}`,
  );
}

/** A new account may have 10. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
function concurrencyFinding({ api, region }: Environment, limit: number): Finding {
  const needed = Math.ceil(api.throttle.requestsPerSecond * AUTHORIZER.seconds);
  const text =
    `the account may run ${limit} functions at once; ${api.throttle.requestsPerSecond} requests a second need ${needed} ` +
    `for the authorizer, at ${AUTHORIZER.seconds * 1000} ms each`;
  if (needed < limit) return ok(text);
  return fail(
    text,
    `request "Concurrent executions": aws service-quotas request-service-quota-increase --service-code lambda ` +
      `--quota-code L-B99A9384 --desired-value 1000 --region ${region}; or lower api.throttle`,
  );
}

function costTagFinding(status: Awaited<ReturnType<AccountFacts["costTag"]>>): Finding {
  const activate =
    "in the account that pays: aws ce update-cost-allocation-tags-status " +
    `--cost-allocation-tags-status TagKey=${COST_TAG},Status=Active`;
  if (status === "Active") return ok(`costs are counted by the tag ${COST_TAG}`);
  if (status === "Inactive")
    return warn(`costs are not counted by the tag ${COST_TAG}: the budget stays at 0 and never warns`, activate);
  return ok(`nothing with the tag ${COST_TAG} has cost anything yet; a day after the first deployment, ${activate}`);
}
