import { describe, expect, test } from "vitest";
import { GatewayConfig } from "../contracts/processes/gateway-config.ts";
import { forecast } from "../domain/cost/forecast.ts";
import { DEFAULT_USAGE } from "../domain/cost/usage.ts";
import { loadEnvironment } from "../environments/load.ts";
import { validateEnvironment } from "../environments/validate.ts";
import { OUTSIDE_PROVIDER } from "../test-support/outside-provider.ts";
import { only, resources, typeCounts } from "../test-support/synth.ts";
import { environmentSynth } from "./test/environment-synth.ts";

const synth = environmentSynth();
const dev = await loadEnvironment("dev");
const domain = { name: "api.example.com", hostedZoneId: "Z0123456789" };
const ranges = ["10.0.0.0/8", "192.168.4.0/24"];
const api = { ...dev.api, entry: "private" as const, allowedRanges: ranges, domain, usagePlans: {} };
const environment = validateEnvironment({ ...dev, api }, "environments/dev.ts");
const stacks = synth(environment);
const typesOf = (all: typeof stacks) => Object.values(all).flatMap((stack) => Object.keys(stack.resource ?? {}));

describe("an environment whose entry is private", () => {
  // documented: private-entry
  test("has no API Gateway, firewall, page, internet route or public address in any stack", () => {
    const types = typesOf(stacks);
    expect(
      types.filter((type) => /^aws_(api_?gateway|wafv2|cloudfront)|internet_gateway|^aws_(eip|nat)/.test(type)),
    ).toEqual([]);
    expect(Object.keys(stacks).sort()).toEqual(
      ["bootstrap", "data", "edge", "monitoring", "network", "serving"].map((name) => `dev-${name}`),
    );
    expect(Object.values(resources(stacks["dev-network"], "aws_route"))).toEqual([]);
    for (const balancer of Object.values(resources(stacks["dev-serving"], "aws_lb")))
      expect(balancer.internal).toBe(true);
  });

  test("has one load balancer, with HTTPS for the gateways and the listener of the engines", () => {
    const listeners = Object.values(resources(stacks["dev-serving"], "aws_lb_listener")).map(
      ({ port, protocol, default_action }) => [port, protocol, default_action[0].type],
    );
    expect(Object.keys(resources(stacks["dev-serving"], "aws_lb"))).toHaveLength(1);
    expect(listeners.toSorted()).toEqual([
      [443, "HTTPS", "forward"],
      [8000, "HTTP", "fixed-response"],
    ]);
  });

  test("accepts connections from the named ranges on 443, and from the gateways at the engines' listener", () => {
    const party = (id: string) => /SecurityGroups_(\w+?)_/.exec(id)?.[1];
    const ingress = Object.values(resources(stacks["dev-network"], "aws_vpc_security_group_ingress_rule")).map(
      ({ cidr_ipv4, referenced_security_group_id, security_group_id, from_port, to_port }) => {
        expect(to_port).toBe(from_port);
        return `${cidr_ipv4 ?? party(referenced_security_group_id)} > ${party(security_group_id)}:${from_port}`;
      },
    );
    expect(ingress.sort()).toEqual([
      "10.0.0.0/8 > LoadBalancer:443",
      "192.168.4.0/24 > LoadBalancer:443",
      "Engine > Endpoints:443",
      "Gateway > Endpoints:443",
      "Gateway > Engine:8000",
      "Gateway > LoadBalancer:8000",
      "LoadBalancer > Engine:8000",
      "LoadBalancer > Gateway:8080",
    ]);
  });

  test("has its name at the internal load balancer, as the API's address", () => {
    expect(typeCounts(stacks["dev-edge"])).toEqual({ aws_route53_record: 1 });
    expect(only(stacks["dev-edge"], "aws_route53_record")).toMatchObject({ name: "api.example.com", type: "A" });
    expect(stacks["dev-edge"]?.output?.api_url?.value).toBe("https://api.example.com");
  });

  test("configures gateways to take the client's address from the load balancer's hop", () => {
    const script = Object.values(stacks["dev-serving"]?.locals ?? {}).find((text) => text.includes("SLUICE_CONFIG"));
    const config = GatewayConfig.parse(JSON.parse(/^SLUICE_CONFIG='(.*)'$/m.exec(script ?? "")?.[1] ?? ""));
    expect(config.clientAddressFrom).toBe("load-balancer");
  });

  test("lets no service of a page use the key, and has no alarm or chart of a stage", () => {
    expect(JSON.stringify(stacks["dev-data"])).not.toContain("cloudfront");
    expect(JSON.stringify(stacks["dev-monitoring"])).not.toContain("ApiName");
  });

  test("still has internet egress for a provider outside AWS, and then a route for it alone", () => {
    const withProvider = synth({ ...environment, providers: { example: OUTSIDE_PROVIDER } });
    const network = withProvider["dev-network"];
    expect(Object.keys(resources(network, "aws_nat_gateway"))).toHaveLength(1);
    expect(Object.keys(resources(network, "aws_internet_gateway"))).toHaveLength(1);
    const open = Object.values(resources(network, "aws_vpc_security_group_ingress_rule")).filter(
      ({ cidr_ipv4 }) => cidr_ipv4 === "0.0.0.0/0",
    );
    expect(open).toEqual([]);
  });

  test("costs no firewall, page, API requests or data to the internet", () => {
    const { byType } = forecast(environment, DEFAULT_USAGE);
    const costs = new Map(byType.map(({ type, expected }) => [type, expected]));
    expect(costs.get("WAF")).toBe(0);
    expect(costs.get("CloudFront")).toBe(0);
    expect(costs.get("API Gateway")).toBe(0);
    expect(forecast(environment, DEFAULT_USAGE).items.map(({ what }) => what)).not.toContain("responses to clients");
    expect(forecast(environment, DEFAULT_USAGE).total.minimum).toBeLessThan(forecast(dev, DEFAULT_USAGE).total.minimum);
  });
});

describe("a private entry is refused", () => {
  const problem = (changed: object) => () =>
    validateEnvironment({ ...dev, api: { ...api, ...changed } }, "environments/dev.ts");

  test("without a domain, with usage plans, and without ranges", () => {
    expect(problem({ domain: null })).toThrow(/api\.domain: must be there with entry private/);
    expect(problem({ usagePlans: dev.api.usagePlans })).toThrow(/api\.usagePlans: must be empty with entry private/);
    expect(problem({ allowedRanges: [] })).toThrow(/api\.allowedRanges: must name at least one range/);
    expect(problem({ allowedRanges: ["0.0.0.0/0"] })).toThrow(/api\.allowedRanges: must be ranges of your networks/);
  });

  test("ranges belong to no other entry", () => {
    const other = { ...dev.api, allowedRanges: ranges };
    expect(() => validateEnvironment({ ...dev, api: other }, "environments/dev.ts")).toThrow(
      /api\.allowedRanges: must be empty with entry api-gateway/,
    );
  });

  test("without a word about ranges, the VPC's own is allowed", () => {
    const { allowedRanges: _, ...rest } = api;
    const filled = validateEnvironment(
      { ...dev, network: { ...dev.network, cidr: "10.77.0.0/16" }, api: rest },
      "x.ts",
    );
    expect(filled.api.allowedRanges).toEqual(["10.77.0.0/16"]);
  });
});
