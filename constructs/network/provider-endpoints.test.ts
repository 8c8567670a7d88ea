import { describe, expect, test } from "vitest";
import { resources, synthConstruct } from "../../test-support/synth.ts";
import { Network } from "./network.ts";
import { ProviderEndpoints } from "./provider-endpoints.ts";

const endpointsOf = (services: readonly string[]) =>
  Object.values(
    resources(
      synthConstruct((scope) => {
        const network = new Network(scope, "Network", {
          name: "t",
          region: "eu-west-1",
          zones: ["a", "b"],
          cidr: "10.0.0.0/16",
        });
        const common = { name: "t", region: "eu-west-1", network, securityGroupId: "sg-1", subnetIds: ["subnet-1"] };
        new ProviderEndpoints(scope, "Providers", { ...common, services });
      }),
      "aws_vpc_endpoint",
    ),
  );

describe("the endpoints of providers", () => {
  test("are none where no provider needs one: each costs by the hour", () => {
    expect(endpointsOf([])).toEqual([]);
  });

  test("have private names, the endpoints' group, and admit our account's callers alone", () => {
    const [endpoint, ...more] = endpointsOf(["bedrock-runtime"]);
    expect(more).toEqual([]);
    expect(endpoint).toMatchObject({
      service_name: "com.amazonaws.eu-west-1.bedrock-runtime",
      vpc_endpoint_type: "Interface",
      private_dns_enabled: true,
      security_group_ids: ["sg-1"],
      subnet_ids: ["subnet-1"],
    });
    expect(JSON.parse(endpoint?.policy).Statement[0].Sid).toBe("OwnAccount");
  });
});
