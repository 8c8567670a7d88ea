import { describe, expect, onTestFinished, test } from "vitest";
import { arnOf } from "../../runtime/names.ts";
import { call } from "../../test/tools.ts";
import { emptyWorld, resource } from "../../test/world.ts";
import { listener, listenerRule, loadBalancer, targetGroup } from "./plugin.ts";

const balancer = resource("aws_lb", "Main");
const https = resource("aws_lb_listener", "Https");
const answers = (text: string) => ({ type: "fixed-response", fixed_response: { message_body: text } });

async function opened() {
  const world = emptyWorld();
  await loadBalancer.start?.({ idle_timeout: 60 }, balancer, world);
  const config = { load_balancer_arn: arnOf(balancer, world), port: 443, default_action: [answers("default")] };
  await listener.start?.(config, https, world);
  const entry = world.listeners.get(arnOf(https, world))!;
  onTestFinished(() => entry.listener.close());
  return { world, entry };
}

describe("a listener", () => {
  test("answers on a free port, and a process that is told its port gets that one", async () => {
    const { world, entry } = await opened();
    expect(entry).toMatchObject({ port: 443, loadBalancerArn: arnOf(balancer, world) });
    expect(listener.attributes?.(https, world)).toEqual({ port: entry.listener.port });
    expect((await call(entry.listener.port, "/")).body).toBe("default");
  });

  test("has the rules that name it; a rule for an unknown listener is refused by its address", async () => {
    const { world, entry } = await opened();
    const rule = resource("aws_lb_listener_rule", "Route");
    const config = { condition: [{ path_pattern: { values: ["/x"] } }], action: [answers("rule")] };
    await listenerRule.start?.({ ...config, listener_arn: arnOf(https, world) }, rule, world);
    expect((await call(entry.listener.port, "/x")).body).toBe("rule");
    expect(() => listenerRule.start?.({ ...config, listener_arn: "arn:gone" }, rule, world)).toThrow(
      "aws_lb_listener_rule.Route: there is no listener arn:gone",
    );
  });
});

describe("a target group", () => {
  test("is found by its ARN", async () => {
    const world = emptyWorld();
    const group = resource("aws_lb_target_group", "Targets");
    await targetGroup.start?.({}, group, world);
    expect(world.targetGroups.get(arnOf(group, world))?.arn).toBe(arnOf(group, world));
  });
});
