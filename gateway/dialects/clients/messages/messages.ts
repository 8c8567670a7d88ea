import { ANTHROPIC_REQUEST_ID_HEADER } from "../../../../contracts/api/headers.ts";
import { CountTokensRequest, MessagesRequest, messagesErrorBody } from "../../../../contracts/api/messages.ts";
import type { InboundDialect } from "../../../core/dialect.ts";
import { jsonBytes } from "../../../outside-values/paced-json.ts";
import { chatOfMessages } from "./messages-request.ts";
import { messageOfChat } from "./messages-response.ts";
import { messagesStream } from "./messages-stream.ts";
import { checkResults, checkTools } from "./messages-tools.ts";

/** Anthropic's Messages, as its SDKs use them on `POST /v1/messages`. */
export const MESSAGES_DIALECT: InboundDialect = {
  name: "messages",
  body: MessagesRequest,
  toChat: (fields) => {
    checkTools(fields);
    checkResults(fields);
    return chatOfMessages(fields);
  },
  encodeWhole: (completion, { generation }) => jsonBytes(messageOfChat(completion, generation.model)),
  encodeStream: ({ requestId, generation }) => messagesStream({ requestId, ...generation }),
  errorBody: messagesErrorBody,
  headers: (requestId) => ({ [ANTHROPIC_REQUEST_ID_HEADER]: requestId }),
};

/**
 * The same for `POST /v1/messages/count_tokens`, whose body has no field for the response. Agents count parts of a
 * conversation, such as a result without its call.
 */
export const COUNT_DIALECT: InboundDialect = {
  ...MESSAGES_DIALECT,
  body: CountTokensRequest,
  toChat: (fields) => {
    checkTools(fields);
    return chatOfMessages({ ...fields, max_tokens: 1, stream: false });
  },
};
