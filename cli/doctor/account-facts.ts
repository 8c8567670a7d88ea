import { DescribeAddressesCommand, DescribeVpcsCommand, EC2Client, type Tag } from "@aws-sdk/client-ec2";
import * as z from "zod";
import { type AwsAccess, clientSettings } from "../operator/aws-access.ts";
import { signedGet, signedPost } from "../operator/signed-request.ts";

/** The calls of doctor about what an account has once in a region, for all that runs in it. */
export interface AccountFacts {
  /** The account's VPCs in the region, each with the value of its tag `Environment`. */
  vpcOwners(signal: AbortSignal): Promise<readonly (string | undefined)[]>;
  /** The account's Elastic IP addresses in the region, each with the value of its tag `Environment`. */
  addressOwners(signal: AbortSignal): Promise<readonly (string | undefined)[]>;
  /** Executions of all functions at once that Lambda allows the account in the region. */
  functionConcurrency(signal: AbortSignal): Promise<number>;
  /** Whether costs are counted by a tag; `unknown` until something with the tag has cost something. */
  costTag(key: string, signal: AbortSignal): Promise<"Active" | "Inactive" | "unknown">;
}

const Settings = z.object({ AccountLimit: z.object({ ConcurrentExecutions: z.number() }) });
const Tags = z.object({
  CostAllocationTags: z.array(z.object({ TagKey: z.string(), Status: z.enum(["Active", "Inactive"]) })),
});
/** Cost Explorer is in one region for all. https://docs.aws.amazon.com/general/latest/gr/billing.html */
const COST_EXPLORER_REGION = "us-east-1";

export function accountFacts(access: AwsAccess): AccountFacts {
  const ec2 = () => new EC2Client({ ...clientSettings(access), maxAttempts: 2 });
  const owner = ({ Tags: tags = [] }: { readonly Tags?: readonly Tag[] | undefined }) =>
    tags.find(({ Key }) => Key === "Environment")?.Value;
  return {
    async vpcOwners(abortSignal) {
      const { Vpcs = [] } = await ec2().send(new DescribeVpcsCommand({}), { abortSignal });
      return Vpcs.map(owner);
    },
    async addressOwners(abortSignal) {
      const { Addresses = [] } = await ec2().send(new DescribeAddressesCommand({}), { abortSignal });
      return Addresses.map(owner);
    },
    async functionConcurrency(signal) {
      const settings = Settings.parse(await signedGet("lambda", "/2016-08-19/account-settings", access, signal));
      return settings.AccountLimit.ConcurrentExecutions;
    },
    async costTag(key, signal) {
      const target = "AWSInsightsIndexService.ListCostAllocationTags";
      const call = { target, body: { TagKeys: [key] } };
      const found = await signedPost("ce", call, { ...access, region: COST_EXPLORER_REGION }, signal);
      return Tags.parse(found).CostAllocationTags.find(({ TagKey }) => TagKey === key)?.Status ?? "unknown";
    },
  };
}
