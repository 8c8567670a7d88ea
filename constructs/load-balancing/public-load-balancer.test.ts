import { expect, test } from "vitest";
import { only, synthConstruct, typeCounts } from "../../test-support/synth.ts";
import { PublicLoadBalancer } from "./public-load-balancer.ts";

const stack = synthConstruct((scope) => {
  new PublicLoadBalancer(scope, "Public", {
    name: "test-public",
    subnetIds: ["subnet-1", "subnet-2"],
    securityGroupId: "sg-1",
    gateways: { certificateArn: "arn:certificate", targetGroupArn: "arn:gateways" },
    idleTimeoutSeconds: 90,
    isProtected: true,
  });
});

test("the public load balancer listens on 443 alone, with TLS 1.2 or newer, and sends all to the gateways", () => {
  expect(typeCounts(stack)).toEqual({ aws_lb: 1, aws_lb_listener: 1 });
  expect(only(stack, "aws_lb")).toMatchObject({
    internal: false,
    security_groups: ["sg-1"],
    drop_invalid_header_fields: true,
    desync_mitigation_mode: "strictest",
    xff_header_processing_mode: "append",
    idle_timeout: 90,
    enable_deletion_protection: true,
  });
  expect(only(stack, "aws_lb_listener")).toMatchObject({
    port: 443,
    protocol: "HTTPS",
    ssl_policy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
    certificate_arn: "arn:certificate",
    default_action: [{ type: "forward", target_group_arn: "arn:gateways" }],
  });
});
