import { describe, expect, test } from "vitest";
import { only, resources, synthConstruct } from "../../test-support/synth.ts";
import { LoadBalancer } from "./load-balancer.ts";

const synth = (isProtected = true) =>
  synthConstruct((scope) => {
    const balancer = new LoadBalancer(scope, "LoadBalancer", {
      name: "test",
      subnetIds: ["subnet-1", "subnet-2"],
      securityGroupId: "sg-1",
      gateways: { certificateArn: "arn:certificate", targetGroupArn: "arn:gateways" },
      idleTimeoutSeconds: 90,
      isProtected,
    });
    balancer.routeEngines(scope, { host: "phi.engines.internal", targetGroupArn: "arn:engines" });
  });
const listener = (port: number) =>
  Object.values(resources(synth(), "aws_lb_listener")).find((candidate) => candidate.port === port);

describe("the load balancer", () => {
  test("has no public address and drops malformed headers", () => {
    expect(only(synth(), "aws_lb")).toMatchObject({
      internal: true,
      load_balancer_type: "application",
      drop_invalid_header_fields: true,
      desync_mitigation_mode: "strictest",
      security_groups: ["sg-1"],
    });
  });

  test("responds with 504 after the idle timeout of the props", () => {
    expect(only(synth(), "aws_lb").idle_timeout).toBe(90);
  });

  test("is protected from deletion as set in the props", () => {
    expect(only(synth(true), "aws_lb").enable_deletion_protection).toBe(true);
    expect(only(synth(false), "aws_lb").enable_deletion_protection).toBe(false);
  });

  test("443 requires TLS 1.2 or newer and forwards to the gateways", () => {
    expect(listener(443)).toMatchObject({
      protocol: "HTTPS",
      ssl_policy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
      certificate_arn: "arn:certificate",
      default_action: [{ type: "forward", target_group_arn: "arn:gateways" }],
    });
  });

  test("8000 responds with 404 in the API's form to a host that is no pool", () => {
    const [action] = listener(8000)?.default_action ?? [];
    expect(action.fixed_response).toMatchObject({ status_code: "404", content_type: "application/json" });
    expect(JSON.parse(action.fixed_response.message_body).error.code).toBe("model_not_found");
  });

  test("8000 forwards a pool's host to its engines", () => {
    expect(only(synth(), "aws_lb_listener_rule")).toMatchObject({
      listener_arn: expect.stringContaining("LoadBalancer_Engines"),
      condition: [{ host_header: { values: ["phi.engines.internal"] } }],
      action: [{ type: "forward", target_group_arn: "arn:engines" }],
    });
  });
});
