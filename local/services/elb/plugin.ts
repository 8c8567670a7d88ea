import { arnOf } from "../../runtime/names.ts";
import type { ResourcePlugin } from "../../runtime/plugin.ts";
import { asNumber, asText } from "../../template/json.ts";
import { Listener } from "./listener.ts";
import { TargetGroup } from "./target-group.ts";

/** AWS's default of `idle_timeout`, in seconds. */
const IDLE_TIMEOUT_SECONDS = 60;

export const loadBalancer: ResourcePlugin = {
  type: "aws_lb",
  attributes: (resource, world) => ({
    dns_name: "127.0.0.1",
    zone_id: "Z-LOCAL",
    arn_suffix: arnOf(resource, world),
  }),
  start(config, resource, world) {
    world.loadBalancers.set(arnOf(resource, world), config);
  },
};

export const targetGroup: ResourcePlugin = {
  type: "aws_lb_target_group",
  attributes: (resource, world) => ({ arn_suffix: arnOf(resource, world) }),
  start(config, resource, world) {
    const arn = arnOf(resource, world);
    world.targetGroups.set(arn, new TargetGroup(arn, config));
  },
};

export const listener: ResourcePlugin = {
  type: "aws_lb_listener",
  // A process that is told a listener's port gets the one on this machine.
  attributes(resource, world): { readonly port?: number } {
    const entry = world.listeners.get(arnOf(resource, world));
    return entry ? { port: entry.listener.port } : {};
  },
  async start(config, resource, world) {
    const loadBalancerArn = asText(config.load_balancer_arn);
    const balancer = world.loadBalancers.get(loadBalancerArn);
    const idleTimeoutSeconds = asNumber(balancer?.idle_timeout ?? IDLE_TIMEOUT_SECONDS);
    const opened = await Listener.open({
      config,
      idleTimeoutSeconds,
      targetGroup: (arn) => world.targetGroups.get(arn),
      webAcl: () => world.webAcls.get(world.webAclOf.get(loadBalancerArn) ?? ""),
    });
    if (balancer?.internal === false) world.publicListener = opened;
    world.listeners.set(arnOf(resource, world), { listener: opened, loadBalancerArn, port: asNumber(config.port) });
  },
};

export const listenerRule: ResourcePlugin = {
  type: "aws_lb_listener_rule",
  start(config, resource, world) {
    const entry = world.listeners.get(asText(config.listener_arn));
    if (!entry) throw new Error(`${resource.address}: there is no listener ${asText(config.listener_arn)}`);
    entry.listener.addRule(config);
  },
};
