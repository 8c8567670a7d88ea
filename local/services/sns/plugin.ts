import { arnOf } from "../../runtime/names.ts";
import type { ResourcePlugin } from "../../runtime/plugin.ts";
import type { WithSns } from "./runtime.ts";

export const snsTopic: ResourcePlugin<WithSns> = {
  type: "aws_sns_topic",
  start(_config, resource, runtime) {
    runtime.sns.topics.add(arnOf(resource, runtime));
  },
};

/** In the order in which they start. */
export const SNS_PLUGINS = {
  aws_sns_topic: snsTopic,
} as const;
