import { describe, expect, test } from "vitest";
import { loadEnvironment } from "../../environments/load.ts";
import type { Environment } from "../../settings/environment.ts";
import { OUTSIDE_PROVIDER } from "../../test-support/outside-provider.ts";
import { accountChecks } from "./account-checks.ts";
import type { Finding } from "./finding.ts";

const dev = await loadEnvironment("dev");
const prod = await loadEnvironment("prod");
const withNat: Environment = { ...dev, providers: { example: OUTSIDE_PROVIDER } };

type Aws = Parameters<typeof accountChecks>[0]["aws"];
/** A new account: AWS's default quotas, its default VPC, nothing else. */
const NEW: Aws = {
  quota: async () => 5,
  vpcOwners: async () => [undefined],
  addressOwners: async () => [],
  functionConcurrency: async () => 10,
  costTag: async () => "unknown",
};

async function findings(environment: Environment, aws: Partial<Aws> = {}): Promise<Readonly<Record<string, Finding>>> {
  const { signal } = new AbortController();
  const checks = accountChecks({ environment, aws: { ...NEW, ...aws } });
  return Object.fromEntries(await Promise.all(checks.map(async ({ name, run }) => [name, await run(signal)] as const)));
}
const others = (count: number) => Array.from({ length: count }, () => "another");

describe("doctor, about what an account has for all environments together", () => {
  test("finds that a new account has room for dev", async () => {
    const all = await findings(withNat);
    expect(Object.entries(all).map(([name, { level }]) => `${level} ${name}`)).toEqual([
      "ok VPCs",
      "ok addresses",
      "ok Lambda",
      "ok cost tag",
    ]);
  });

  // documented: doctor-account-quotas
  test("fails where no further VPC may be made, and counts the environment's own as none", async () => {
    const full = async () => [undefined, ...others(4)];
    expect((await findings(dev, { vpcOwners: full })).VPCs).toMatchObject({
      level: "fail",
      text: "others have 5 VPCs, this environment needs 1, and the quota is 5",
      remedy: expect.stringContaining(
        "--service-code vpc --quota-code L-F678F1CE --desired-value 6 --region us-east-1",
      ),
    });
    const deployed = async () => [undefined, ...others(3), "dev"];
    expect((await findings(dev, { vpcOwners: deployed })).VPCs?.level).toBe("ok");
  });

  test("fails where NAT gateways would have no addresses, and does not ask where there are none", async () => {
    const full = await findings(withNat, { addressOwners: async () => others(5) });
    expect(full.addresses).toMatchObject({ level: "fail", remedy: expect.stringContaining("L-0263D0A3") });
    expect(Object.keys(await findings(dev))).not.toContain("addresses");
  });

  test("fails where functions are fewer than the authorizer needs at the throttle: 1,000 requests a second of 20 ms", async () => {
    const { Lambda } = await findings(prod);
    expect(Lambda).toMatchObject({ level: "fail", text: expect.stringMatching(/10 functions.*need 20/) });
    expect((await findings(prod, { functionConcurrency: async () => 1000 })).Lambda?.level).toBe("ok");
    const open: Environment = { ...prod, api: { ...prod.api, auth: "off" } };
    expect(Object.keys(await findings(open))).not.toContain("Lambda");
  });

  test.each([
    ["Active", "ok"],
    ["Inactive", "warn"],
    ["unknown", "ok"],
  ] as const)("a budget's tag that is %s: %s", async (status, level) => {
    const { "cost tag": tag } = await findings(dev, { costTag: async () => status });
    expect(tag?.level).toBe(level);
    if (status !== "Active") expect(`${tag?.text} ${tag?.remedy}`).toContain("update-cost-allocation-tags-status");
  });

  test("asks for no VPC where the network exists, and for no tag without a budget", async () => {
    const existing = {
      vpcId: "vpc-1",
      loadBalancerSubnetIds: [],
      gatewaySubnetIds: [],
      engineSubnetIds: [],
      endpoints: { securityGroupId: "sg-1", s3PrefixListId: "pl-1", dynamodbPrefixListId: "pl-2" },
    };
    const environment: Environment = { ...dev, network: { ...dev.network, existing }, budget: null };
    expect(Object.keys(await findings(environment))).toEqual(["Lambda"]);
  });
});
