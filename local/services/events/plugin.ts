import type { ResourcePlugin } from "../../runtime/plugin.ts";
import { asObject, asText, type Json } from "../../template/json.ts";

export const eventRule: ResourcePlugin = {
  type: "aws_cloudwatch_event_rule",
  start(config, _resource, world) {
    const name = asText(config.name);
    if (config.schedule_expression !== undefined)
      return world.events.addSchedule(name, asText(config.schedule_expression));
    const pattern: Json = JSON.parse(asText(config.event_pattern));
    world.events.addRule(name, asObject(pattern));
  },
};

export const eventTarget: ResourcePlugin = {
  type: "aws_cloudwatch_event_target",
  start(config, resource, world) {
    const arn = asText(config.arn);
    const lambda = world.lambdas.get(arn);
    if (!lambda) throw new Error(`${resource.address}: there is no function ${arn}`);
    world.events.addTarget(asText(config.rule), (event) => lambda.invoke(event));
  },
};
