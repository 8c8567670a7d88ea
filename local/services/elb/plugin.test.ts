import { describe, expect, onTestFinished, test } from "vitest";
import { arnOf } from "../../runtime/names.ts";
import { emptyRuntime, resource } from "../../test/runtime.ts";
import { call } from "../../test/tools.ts";
import { listener, listenerRule, loadBalancer, targetGroup } from "./plugin.ts";

const balancer = resource("aws_lb", "Main");
const https = resource("aws_lb_listener", "Https");
const fixedResponse = (text: string) => ({ type: "fixed-response", fixed_response: { message_body: text } });

async function opened() {
  const runtime = emptyRuntime();
  await loadBalancer.start?.({ idle_timeout: 60 }, balancer, runtime);
  const config = { load_balancer_arn: arnOf(balancer, runtime), port: 443, default_action: [fixedResponse("default")] };
  await listener.start?.(config, https, runtime);
  const entry = runtime.elb.listeners.get(arnOf(https, runtime))!;
  onTestFinished(() => entry.listener.close());
  return { runtime, entry };
}

describe("a listener", () => {
  test("serves on a free port, and a process that reads its port gets that one", async () => {
    const { runtime, entry } = await opened();
    expect(entry).toMatchObject({ port: 443, loadBalancerArn: arnOf(balancer, runtime) });
    expect(listener.attributes?.(https, runtime)).toEqual({ port: entry.listener.port });
    expect((await call(entry.listener.port, "/")).body).toBe("default");
  });

  test("has the rules that name it; a rule for an unknown listener is refused by its address", async () => {
    const { runtime, entry } = await opened();
    const rule = resource("aws_lb_listener_rule", "Route");
    const config = { condition: [{ path_pattern: { values: ["/x"] } }], action: [fixedResponse("rule")] };
    await listenerRule.start?.({ ...config, listener_arn: arnOf(https, runtime) }, rule, runtime);
    expect((await call(entry.listener.port, "/x")).body).toBe("rule");
    expect(() => listenerRule.start?.({ ...config, listener_arn: "arn:gone" }, rule, runtime)).toThrow(
      "aws_lb_listener_rule.Route: there is no listener arn:gone",
    );
  });
});

describe("a target group", () => {
  test("is found by its ARN", async () => {
    const runtime = emptyRuntime();
    const group = resource("aws_lb_target_group", "Targets");
    await targetGroup.start?.({}, group, runtime);
    expect(runtime.elb.targetGroups.get(arnOf(group, runtime))?.arn).toBe(arnOf(group, runtime));
  });
});
