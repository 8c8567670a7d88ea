import type { Exchange } from "../../exchange.ts";
import { COUNT_DIALECT, MESSAGES_DIALECT } from "./messages/messages.ts";
import { ResponsesDialect, type ResponsesDialectOptions } from "./responses/responses.ts";

/** Finds out how the client of this exchange speaks, from its route. */
export function chooseClientDialect(exchange: Exchange, responses: ResponsesDialectOptions): void {
  switch (exchange.route) {
    case "/v1/messages":
      exchange.clientDialect = MESSAGES_DIALECT;
      break;
    case "/v1/messages/count_tokens":
      exchange.clientDialect = COUNT_DIALECT;
      break;
    case "/v1/responses":
      exchange.clientDialect = new ResponsesDialect(responses, () => exchange.tenant);
      break;
    default:
      return;
  }
  Object.assign(exchange.headers, exchange.clientDialect.headers?.(exchange.requestId));
}
