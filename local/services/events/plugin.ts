import type { ResourcePlugin } from "../../runtime/plugin.ts";
import { asObject, asText, type Json } from "../../template/json.ts";
import type { WithLambda } from "../lambda/runtime.ts";
import type { WithEvents } from "./runtime.ts";

export const eventRule: ResourcePlugin<WithEvents> = {
  type: "aws_cloudwatch_event_rule",
  start(config, _resource, { events }) {
    const name = asText(config.name);
    if (config.schedule_expression !== undefined) return events.addSchedule(name, asText(config.schedule_expression));
    const pattern: Json = JSON.parse(asText(config.event_pattern));
    events.addRule(name, asObject(pattern));
  },
};

export const eventTarget: ResourcePlugin<WithEvents & WithLambda> = {
  type: "aws_cloudwatch_event_target",
  start(config, resource, { events, lambda }) {
    const arn = asText(config.arn);
    const target = lambda.functions.get(arn);
    if (!target) throw new Error(`${resource.address}: there is no function ${arn}`);
    events.addTarget(asText(config.rule), (event) => target.invoke(event));
  },
};

/** In the order in which they start. */
export const EVENTS_PLUGINS = {
  aws_cloudwatch_event_rule: eventRule,
  aws_cloudwatch_event_target: eventTarget,
} as const;
