import { randomUUID } from "node:crypto";
import { AwsApiError } from "../../aws-api/aws-api-error.ts";
import type { QueryOperations } from "../../aws-api/endpoint.ts";
import type { SnsRuntime } from "./runtime.ts";

/** SNS's limits of a subject and of a message, in its reference of `Publish`. */
const SUBJECT = /^[\x21-\x7e][\x20-\x7e]{0,99}$/;
const MAX_MESSAGE_BYTES = 262_144;

/** What functions call of SNS's API. */
export function snsOperations(sns: SnsRuntime): QueryOperations {
  return {
    Publish: (parameters) => {
      const topicArn = parameters.get("TopicArn") ?? "";
      const subject = parameters.get("Subject") ?? "";
      const text = parameters.get("Message") ?? "";
      if (!sns.topics.has(topicArn)) throw new AwsApiError("NotFound", "Topic does not exist");
      if (!SUBJECT.test(subject)) throw new AwsApiError("InvalidParameter", "Invalid parameter: Subject");
      const isSent = text !== "" && Buffer.byteLength(text) <= MAX_MESSAGE_BYTES;
      if (!isSent) throw new AwsApiError("InvalidParameter", "Invalid parameter: Message");
      sns.publish({ topicArn, subject, text });
      return { PublishResponse: { PublishResult: { MessageId: randomUUID() } } };
    },
  };
}
