import { DescribeAvailabilityZonesCommand, DescribeInstanceTypeOfferingsCommand, EC2Client } from "@aws-sdk/client-ec2";
import * as z from "zod";
import { type AwsAccess, clientSettings } from "../operator/aws-access.ts";
import { signedGet } from "../operator/signed-request.ts";

/** The calls of doctor about an account's region: its zones, and what it has once for all environments. */
export interface RegionFacts {
  /** Ids of the region's zones by their letters in this account, e.g. `a` → `use1-az4`. */
  zoneIds(signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /** Letters of the zones that have each of these instance types. */
  offerings(types: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, ReadonlySet<string>>>;
  /** ARN of the role by which API Gateway writes logs; `undefined` where the account has none in the region. */
  apiLogRole(signal: AbortSignal): Promise<string | undefined>;
}

const ApiAccount = z.object({ cloudwatchRoleArn: z.string().nullish() });

export function regionFacts(access: AwsAccess): RegionFacts {
  const { region } = access;
  const ec2 = () => new EC2Client({ ...clientSettings(access), maxAttempts: 2 });
  return {
    async zoneIds(abortSignal) {
      const request = new DescribeAvailabilityZonesCommand({ Filters: [{ Name: "region-name", Values: [region] }] });
      const { AvailabilityZones = [] } = await ec2().send(request, { abortSignal });
      return new Map(
        AvailabilityZones.flatMap(({ ZoneName, ZoneId }) =>
          ZoneName === undefined || ZoneId === undefined ? [] : [[ZoneName.slice(region.length), ZoneId] as const],
        ),
      );
    },
    async offerings(types, abortSignal) {
      const request = new DescribeInstanceTypeOfferingsCommand({
        LocationType: "availability-zone",
        Filters: [{ Name: "instance-type", Values: [...types] }],
      });
      const { InstanceTypeOfferings = [] } = await ec2().send(request, { abortSignal });
      return new Map(
        types.map((type) => {
          const offers = InstanceTypeOfferings.filter(({ InstanceType }) => InstanceType === type);
          return [type, new Set(offers.map(({ Location = "" }) => Location.slice(region.length)))];
        }),
      );
    },
    async apiLogRole(signal) {
      const account = ApiAccount.parse(await signedGet("apigateway", "/account", access, signal));
      return account.cloudwatchRoleArn || undefined;
    },
  };
}
