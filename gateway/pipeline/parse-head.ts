import { API_VERSIONS } from "../../contracts/api-versions.ts";
import { DEPRECATIONS, type Deprecation } from "../../contracts/deprecations.ts";
import type { AdminRoute } from "../admin/admin-routes.ts";
import { GatewayError } from "../core/gateway-error.ts";
import type { Exchange } from "../exchange.ts";
import { findRoute, type Route, requestPath } from "../http/routes.ts";
import { announceDeprecations } from "./announce-deprecations.ts";

/**
 * First stage: what is asked for, from the request line alone.
 * @throws {GatewayError} `not_found` or `method_not_allowed`
 */
export function parseHead(
  exchange: Exchange,
  stage: string,
  deprecations: readonly Deprecation[] = DEPRECATIONS,
): Route | AdminRoute {
  const { url = "/", method = "GET" } = exchange.request;
  const path = requestPath(url, stage);
  const route = findRoute(path);
  if (route === undefined) throw notFound(path);
  exchange.route = route.path;
  announceDeprecations(exchange, deprecations);
  if (!route.methods.includes(method)) {
    const allow = [...route.methods, "OPTIONS"].join(", ");
    throw new GatewayError("method_not_allowed", {
      message: `This path does not take ${method}. Use ${route.methods.join(" or ")}.`,
      headers: { allow },
    });
  }
  return route;
}

/** Tells which versions there are, when the path asks for another one or for none. */
function notFound(path: string): GatewayError {
  const versions = API_VERSIONS.map((version) => `/${version}`).join(", ");
  const [, version = "", rest = ""] = /^\/(v\d[^/]*)(\/.*)?$/.exec(path) ?? [];
  if (version !== "" && !API_VERSIONS.some((known) => known === version)) {
    const same = API_VERSIONS.find((known) => findRoute(`/${known}${rest}`) !== undefined);
    return new GatewayError("not_found", {
      message: `The API has no version ${version.slice(0, 20)}; it has ${versions}.${same ? ` Use /${same}${rest}.` : ""}`,
    });
  }
  const versioned = API_VERSIONS.map((known) => `/${known}${path}`).find((known) => findRoute(known) !== undefined);
  if (versioned === undefined) return new GatewayError("not_found");
  return new GatewayError("not_found", { message: `The path names no version of the API. Use ${versioned}.` });
}
