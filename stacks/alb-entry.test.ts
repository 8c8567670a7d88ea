import { describe, expect, test } from "vitest";
import { GatewayConfig } from "../contracts/processes/gateway-config.ts";
import { loadEnvironment } from "../environments/load.ts";
import { validateEnvironment } from "../environments/validate.ts";
import { only, resources, typeCounts } from "../test-support/synth.ts";
import { environmentSynth } from "./test/environment-synth.ts";

const synth = environmentSynth();
const dev = await loadEnvironment("dev");
const domain = { name: "api.example.com", hostedZoneId: "Z0123456789" };
const alb = { ...dev, api: { ...dev.api, entry: "alb" as const, domain, usagePlans: {} } };
const stacks = synth(validateEnvironment(alb, "environments/dev.ts"));

describe("an environment whose entry is a load balancer", () => {
  test("has a firewall, a name and nothing of API Gateway at its edge", () => {
    expect(typeCounts(stacks["dev-edge"])).toEqual({
      aws_cloudwatch_log_group: 1,
      aws_route53_record: 1,
      aws_wafv2_web_acl: 1,
      aws_wafv2_web_acl_association: 1,
      aws_wafv2_web_acl_logging_configuration: 1,
    });
    expect(only(stacks["dev-edge"], "aws_wafv2_web_acl_association").resource_arn).toContain("PublicLoadBalancer");
    expect(only(stacks["dev-edge"], "aws_route53_record")).toMatchObject({
      name: "api.example.com",
      type: "A",
      alias: { evaluate_target_health: true },
    });
    const all = Object.values(stacks).flatMap((stack) => Object.keys(stack.resource ?? {}));
    expect(all.filter((type) => /^aws_api_?gateway/.test(type))).toEqual([]);
  });

  test("has the API's address under the domain, for the page too", () => {
    expect(stacks["dev-edge"]?.output?.api_url?.value).toBe("https://api.example.com");
    expect(stacks["dev-edge"]?.output).not.toHaveProperty("rest_api_id");
    expect(JSON.stringify(stacks["dev-site"])).toContain("connect-src 'self' https://api.example.com;");
  });

  test("has a public load balancer with one listener, for the gateways alone; the engines' is internal", () => {
    const balancers = Object.values(resources(stacks["dev-serving"], "aws_lb"));
    expect(balancers.map(({ name, internal }) => [name, internal]).sort()).toEqual([
      ["sluice-dev", true],
      ["sluice-dev-alb", false],
    ]);
    const listeners = Object.values(resources(stacks["dev-serving"], "aws_lb_listener")).map((listener) => [
      /aws_lb\.(\w+?)(_[0-9A-F]{8})?\./.exec(listener.load_balancer_arn)?.[1],
      listener.port,
      listener.default_action[0].type,
    ]);
    expect(listeners.sort()).toEqual([
      ["LoadBalancer", 8000, "fixed-response"],
      ["PublicLoadBalancer", 443, "forward"],
    ]);
  });

  test("accepts connections from any address on 443 to that load balancer, and from there to the gateways", () => {
    const ingress = Object.values(resources(stacks["dev-network"], "aws_vpc_security_group_ingress_rule")).map(
      ({ cidr_ipv4, referenced_security_group_id, security_group_id, from_port, to_port }) => {
        const party = (id: string) => /SecurityGroups_(\w+?)_/.exec(id)?.[1];
        expect(to_port).toBe(from_port);
        return `${cidr_ipv4 ?? party(referenced_security_group_id)} > ${party(security_group_id)}:${from_port}`;
      },
    );
    expect(ingress.sort()).toEqual([
      "0.0.0.0/0 > PublicLoadBalancer:443",
      "Engine > Endpoints:443",
      "Gateway > Endpoints:443",
      "Gateway > Engine:8000",
      "Gateway > LoadBalancer:8000",
      "LoadBalancer > Engine:8000",
      "PublicLoadBalancer > Gateway:8080",
    ]);
  });

  test("configures gateways to take the client's address from the load balancer's hop", () => {
    const script = Object.values(stacks["dev-serving"]?.locals ?? {}).find((text) => text.includes("SLUICE_CONFIG"));
    const config = GatewayConfig.parse(JSON.parse(/^SLUICE_CONFIG='(.*)'$/m.exec(script ?? "")?.[1] ?? ""));
    expect(config.clientAddressFrom).toBe("load-balancer");
  });

  test("has alarms for gateways at the public load balancer, for engines at the internal one, and for no stage", () => {
    const alarms = Object.values(resources(stacks["dev-monitoring"], "aws_cloudwatch_metric_alarm"));
    const hosts = alarms.filter(({ metric_name }) => metric_name === "HealthyHostCount");
    const seen = hosts.map(({ alarm_name, dimensions }) => [
      alarm_name.includes("gateway"),
      dimensions.LoadBalancer.includes("PublicLoadBalancer"),
    ]);
    expect(seen.length).toBeGreaterThan(1);
    for (const [isGateway, isPublic] of seen) expect(isPublic).toBe(isGateway);
    expect(JSON.stringify(stacks["dev-monitoring"])).not.toContain("ApiName");
  });
});
