import { describe, expect, test } from "vitest";
import { GatewayConfig } from "../contracts/processes/gateway-config.ts";
import { loadEnvironment } from "../environments/load.ts";
import { only, resources, typeCounts } from "../test-support/synth.ts";
import { environmentSynth } from "./test/environment-synth.ts";

const synth = environmentSynth();
const dev = await loadEnvironment("dev");
const prod = await loadEnvironment("prod");
const stack = synth(dev)["dev-serving"];
const groups = (serving: typeof stack) => Object.values(resources(serving, "aws_autoscaling_group"));

describe("the serving stack", () => {
  test("holds a load balancer with two listeners, two fleets, their scaling and draining, and the counter of usage", () => {
    expect(typeCounts(stack)).toEqual({
      aws_autoscaling_group: 2,
      aws_autoscaling_lifecycle_hook: 3,
      aws_autoscaling_policy: 4,
      aws_cloudwatch_event_rule: 2,
      aws_cloudwatch_event_target: 2,
      aws_cloudwatch_log_group: 2,
      aws_cloudwatch_metric_alarm: 4,
      aws_iam_instance_profile: 2,
      aws_iam_role: 4,
      aws_iam_role_policy: 4,
      aws_lambda_function: 2,
      aws_lambda_permission: 3,
      aws_launch_template: 2,
      aws_lb: 1,
      aws_lb_listener: 2,
      aws_lb_listener_rule: 1,
      aws_lb_target_group: 2,
      aws_s3_bucket_notification: 1,
      aws_s3_object: 1,
    });
  });

  // documented: health-checks-every-30-seconds
  test("every target group is checked every 30 seconds, gateways by /livez and engines by /health", () => {
    const checks = Object.values(resources(stack, "aws_lb_target_group")).map(({ port, health_check }) => [
      port,
      health_check.path,
      health_check.interval,
    ]);
    expect(checks.sort()).toEqual([
      [8000, "/health", 30],
      [8080, "/livez", 30],
    ]);
  });

  test("the load balancer waits twice as long as the longest configured limit and the queue, so that the gateway's 504 comes first", () => {
    expect(only(stack, "aws_lb").idle_timeout).toBe(75);
    const routeTimeouts = { "/v1/completions": { totalSeconds: 200 } };
    const patient = synth({ ...dev, api: { ...dev.api, routeTimeouts } })["dev-serving"];
    expect(only(patient, "aws_lb").idle_timeout).toBe(415);
  });

  test("load balancers write access logs to the data stack's bucket where the file sets their days, and none otherwise", () => {
    expect(only(stack, "aws_lb")).not.toHaveProperty("access_logs");
    const domain = { name: "api.example.com", hostedZoneId: "Z0123456789" };
    const logged = synth({
      ...dev,
      api: { ...dev.api, entry: "alb", domain, usagePlans: {} },
      loadBalancerLogDays: 30,
    })["dev-serving"];
    const balancers = Object.values(resources(logged, "aws_lb"));
    expect(balancers).toHaveLength(2);
    for (const { access_logs } of balancers)
      expect(access_logs).toEqual({ bucket: expect.stringContaining("LoadBalancerLogs"), enabled: true });
  });

  // documented: fleet-minimum
  test("every fleet has at least one instance and takes its maximum from a variable", () => {
    const sizes = groups(stack).map(({ name, min_size, max_size }) => [name, min_size, max_size]);
    expect(sizes.sort()).toEqual([
      ["sluice-dev-engine-phi-3-mini", 1, `\${var.phi_3_mini_max_instances}`],
      ["sluice-dev-gateway", 1, `\${var.gateway_max_instances}`],
    ]);
    for (const { min_size } of groups(synth(prod)["prod-serving"])) expect(min_size).toBeGreaterThanOrEqual(1);
  });

  // documented: load-balancer-subnets
  test("engines are in the private subnets, gateways in their own, and the load balancer in the public ones without a public address", () => {
    for (const { name, vpc_zone_identifier } of groups(stack)) {
      const tier = name === "sluice-dev-gateway" ? "GatewaySubnets" : "PrivateSubnets";
      for (const subnet of vpc_zone_identifier) expect(subnet).toContain(tier);
    }
    const balancer = only(stack, "aws_lb");
    expect(balancer.internal).toBe(true);
    for (const subnet of balancer.subnets) expect(subnet).toContain("PublicSubnets");
  });

  test("the gateways' user data has a valid configuration for every model of the file", () => {
    const script = Object.values(synth(prod)["prod-serving"]?.locals ?? {}).find((text) =>
      text.includes("SLUICE_CONFIG"),
    );
    const config = GatewayConfig.parse(JSON.parse(/^SLUICE_CONFIG='(.*)'$/m.exec(script ?? "")?.[1] ?? ""));
    expect(config.models.map(({ id }) => id)).toEqual(Object.keys(prod.pools));
    expect(config).toMatchObject({ environment: "prod", stage: "live", auth: "required", drainSeconds: 300 });
    expect(new Set(config.models.map(({ targetGroupArn }) => targetGroupArn)).size).toBe(config.models.length);
  });

  test("without a domain the operator provides the certificate", () => {
    expect(stack?.variable?.certificate_arn).not.toHaveProperty("default");
    const https = Object.values(resources(stack, "aws_lb_listener")).find(({ port }) => port === 443);
    expect(https).toMatchObject({ protocol: "HTTPS", certificate_arn: `\${var.certificate_arn}` });
  });

  test("with a domain the certificate is created, and there is no variable", () => {
    const domain = { name: "api.example.com", hostedZoneId: "Z0123456789" };
    const own = synth({ ...dev, api: { ...dev.api, domain } })["dev-serving"];
    expect(own?.variable).not.toHaveProperty("certificate_arn");
    expect(only(own, "aws_acm_certificate")).toMatchObject({
      domain_name: "api.example.com",
      validation_method: "DNS",
    });
  });

  test("two pools whose variables would have one name are refused", () => {
    const pool = dev.pools["phi-3-mini"]!;
    const pools = { "phi-3-mini": pool, "phi-3.mini": pool };
    expect(() => synth({ ...dev, pools })).toThrow(
      /phi-3-mini and phi-3\.mini .* phi_3_mini_max_instances, .* rename one/,
    );
    expect(() => synth({ ...dev, pools: { gateway: pool } })).toThrow(/gateway_max_instances/);
  });
});
