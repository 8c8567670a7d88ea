import type { EndpointTools } from "../endpoints/endpoint-definition.ts";
import { createEndpointTable } from "../endpoints/endpoints.ts";
import type { Endpoint } from "../pipeline/endpoint.ts";

/** Without tools: only the rules of its endpoints are looked at. */
const TABLE = createEndpointTable({} as EndpointTools);

/** The endpoint of a method on a path; `endpoint` is `undefined` where the path or the method has none. */
export function routeOf(
  path: string,
  method = "GET",
): { readonly route: string; readonly endpoint: Endpoint | undefined; readonly encodedParameter: string } {
  const match = TABLE.find(path, method);
  if (match.kind === "found") return match;
  return { route: match.route, endpoint: undefined, encodedParameter: "" };
}
