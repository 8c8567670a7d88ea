import { GatewayError } from "../core/gateway-error.ts";
import { jsonResponse } from "../core/response.ts";
import { health } from "../pages/health.ts";
import type { EndpointDefinition, EndpointTools } from "./endpoint-definition.ts";

const PUBLIC = { body: undefined, client: undefined, generation: undefined } as const;

export const getHealth: EndpointDefinition = {
  ...PUBLIC,
  handle({ headers }, tools) {
    refuseWhileDraining(tools);
    const { status, headers: own, body } = health(tools.directory, tools);
    return jsonResponse(status, { ...headers.all, ...own, "cache-control": "no-store" }, body);
  },
};

/** For the load balancer: this process takes requests. `/health` shows whether a model can serve. */
export const getLiveness: EndpointDefinition = {
  ...PUBLIC,
  handle({ headers }, tools) {
    refuseWhileDraining(tools);
    return jsonResponse(200, headers.all, { status: "live" });
  },
};

function refuseWhileDraining({ isDraining }: EndpointTools): void {
  if (isDraining()) throw new GatewayError("shutting_down");
}
