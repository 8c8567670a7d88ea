import type { ErrorBody } from "../../../contracts/api/errors.ts";
import type { InboundDialect } from "../../core/dialect.ts";
import { COUNT_DIALECT, MESSAGES_DIALECT } from "./messages/messages.ts";
import { ResponsesDialect, type ResponsesDialectOptions, responsesErrorBody } from "./responses/responses.ts";

/** What client dialects need of the gateway. */
export interface ClientDialectTools {
  readonly responses: ResponsesDialectOptions;
}

/** The dialect of an endpoint's clients, where that is not OpenAI's own. */
export interface ClientDialect {
  errorBody(body: ErrorBody, requestId: string): unknown;
  /** Headers of every response, errors included. */
  headers(requestId: string): Readonly<Record<string, string>> | undefined;
  /** For one request. @param tenant that sent it */
  open(tenant: string, tools: ClientDialectTools): InboundDialect;
}

/** Anthropic's Messages. */
export const MESSAGES_CLIENT = unchanging(MESSAGES_DIALECT);
/** The same for a request whose tokens are counted. */
export const COUNT_TOKENS_CLIENT = unchanging(COUNT_DIALECT);
/** OpenAI's Responses: each request has its own state. */
export const RESPONSES_CLIENT: ClientDialect = {
  errorBody: responsesErrorBody,
  headers: () => undefined,
  open: (tenant, { responses }) => new ResponsesDialect(responses, () => tenant),
};

function unchanging(dialect: InboundDialect): ClientDialect {
  return {
    errorBody: (body, requestId) => dialect.errorBody(body, requestId),
    headers: (requestId) => dialect.headers?.(requestId),
    open: () => dialect,
  };
}
