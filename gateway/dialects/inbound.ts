import type { Exchange } from "../exchange.ts";
import { isMessagesRoute } from "../http/routes.ts";
import type { InboundDialect } from "./dialect.ts";
import { COUNT_DIALECT, MESSAGES_DIALECT } from "./messages.ts";

/** How the client of this exchange speaks; `undefined` for OpenAI's chat completions and all else. */
export function inboundOf({ route }: Pick<Exchange, "route">): InboundDialect | undefined {
  if (!isMessagesRoute(route)) return undefined;
  return route === "/v1/messages" ? MESSAGES_DIALECT : COUNT_DIALECT;
}
