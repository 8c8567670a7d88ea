import { arnOf } from "../../runtime/names.ts";
import type { ResourcePlugin } from "../../runtime/plugin.ts";
import { asNumber, asText } from "../../template/json.ts";
import type { WithLambda } from "../lambda/runtime.ts";
import type { WithWaf } from "../waf/runtime.ts";
import { Listener } from "./listener.ts";
import type { WithElb } from "./runtime.ts";
import { TargetGroup } from "./target-group.ts";

/** AWS's default of `idle_timeout`, in seconds. */
const IDLE_TIMEOUT_SECONDS = 60;
/** The gateways' port; engines have another. */
const HTTPS_PORT = 443;

export const loadBalancer: ResourcePlugin<WithElb> = {
  type: "aws_lb",
  attributes: (resource, runtime) => ({
    dns_name: "127.0.0.1",
    zone_id: "Z-LOCAL",
    arn_suffix: arnOf(resource, runtime),
  }),
  start(config, resource, runtime) {
    runtime.elb.loadBalancers.set(arnOf(resource, runtime), config);
  },
};

export const targetGroup: ResourcePlugin<WithElb> = {
  type: "aws_lb_target_group",
  attributes: (resource, runtime) => ({ arn_suffix: arnOf(resource, runtime) }),
  start(config, resource, runtime) {
    const arn = arnOf(resource, runtime);
    runtime.elb.targetGroups.set(arn, new TargetGroup(arn, config));
  },
};

export const listener: ResourcePlugin<WithElb & WithWaf> = {
  type: "aws_lb_listener",
  // A process that reads a listener's port gets the one on this machine.
  attributes(resource, runtime): { readonly port?: number } {
    const entry = runtime.elb.listeners.get(arnOf(resource, runtime));
    return entry ? { port: entry.listener.port } : {};
  },
  async start(config, resource, runtime) {
    const { elb, waf } = runtime;
    const loadBalancerArn = asText(config.load_balancer_arn);
    const balancer = elb.loadBalancers.get(loadBalancerArn);
    const opened = await Listener.open({
      config,
      idleTimeoutSeconds: asNumber(balancer?.idle_timeout ?? IDLE_TIMEOUT_SECONDS),
      targetGroup: (arn) => elb.targetGroups.get(arn),
      webAcl: () => waf.webAclOf(loadBalancerArn),
    });
    if (asNumber(config.port) === HTTPS_PORT)
      elb.gatewayListener = { listener: opened, isPublic: balancer?.internal === false };
    elb.listeners.set(arnOf(resource, runtime), { listener: opened, loadBalancerArn, port: asNumber(config.port) });
  },
};

export const listenerRule: ResourcePlugin<WithElb> = {
  type: "aws_lb_listener_rule",
  start(config, resource, { elb }) {
    const entry = elb.listeners.get(asText(config.listener_arn));
    if (!entry) throw new Error(`${resource.address}: there is no listener ${asText(config.listener_arn)}`);
    entry.listener.addRule(config);
  },
};

export const targetGroupAttachment: ResourcePlugin<WithElb & WithLambda> = {
  type: "aws_lb_target_group_attachment",
  start(config, resource, { elb, lambda }) {
    const group = elb.targetGroups.get(asText(config.target_group_arn));
    const target = lambda.functions.get(asText(config.target_id));
    if (!group || !target)
      throw new Error(
        `${resource.address}: there is no ${group ? `function ${asText(config.target_id)}` : "such target group"}; the twin attaches functions alone.`,
      );
    group.lambda = target;
  },
};

/** In the order in which they start. */
export const ELB_PLUGINS = {
  aws_lb: loadBalancer,
  aws_lb_target_group: targetGroup,
  aws_lb_target_group_attachment: targetGroupAttachment,
  aws_lb_listener: listener,
  aws_lb_listener_rule: listenerRule,
} as const;
