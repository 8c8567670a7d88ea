import type { AdminRoute } from "../admin/admin-routes.ts";
import type { Exchange } from "../exchange.ts";
import { GatewayError } from "../gateway-error.ts";
import { findRoute, type Route, requestPath } from "../http/routes.ts";

/**
 * First stage: what is asked for, from the request line alone.
 * @throws {GatewayError} `not_found` or `method_not_allowed`
 */
export function parseHead(exchange: Exchange, stage: string): Route | AdminRoute {
  const { url = "/", method = "GET" } = exchange.request;
  const route = findRoute(requestPath(url, stage));
  if (route === undefined) throw new GatewayError("not_found");
  exchange.route = route.path;
  if (!route.methods.includes(method)) {
    const allow = [...route.methods, "OPTIONS"].join(", ");
    throw new GatewayError("method_not_allowed", {
      message: `This path does not take ${method}. Use ${route.methods.join(" or ")}.`,
      headers: { allow },
    });
  }
  return route;
}
