import { LOCAL_ACCOUNT } from "../../runtime/names.ts";
import type { ResourcePlugin } from "../../runtime/plugin.ts";
import type { WithSettings } from "../../runtime/settings.ts";
import { asText } from "../../template/json.ts";
import type { RawResource } from "../../template/stacks.ts";
import type { WithSns } from "./runtime.ts";

export const snsTopic: ResourcePlugin<WithSns> = {
  type: "aws_sns_topic",
  attributes: (resource, runtime) => ({ arn: topicArn(resource, runtime) }),
  start(_config, resource, runtime) {
    runtime.sns.topics.add(topicArn(resource, runtime));
  },
};

/** As on AWS, where it ends with the topic's name. */
function topicArn({ config }: RawResource, { settings }: WithSettings): string {
  return `arn:aws:sns:${settings.region}:${LOCAL_ACCOUNT}:${asText(config.name)}`;
}

/** In the order in which they start. */
export const SNS_PLUGINS = {
  aws_sns_topic: snsTopic,
} as const;
