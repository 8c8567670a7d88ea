import type { RequestListener } from "node:http";
import { onTestFinished } from "vitest";
import type { JsonObject } from "../../../template/json.ts";
import { serve } from "../../../test/tools.ts";
import { readDefinition } from "../rest-api-definition.ts";
import { RestApiStage, type RestApiStageOptions } from "../rest-api-stage.ts";
import { UsagePlans } from "../usage-plans.ts";

/** An integration with the load balancer. */
export const integration = (path: string, other: JsonObject = {}): JsonObject => ({
  "x-amazon-apigateway-integration": {
    type: "http_proxy",
    uri: `https://lb.internal${path}`,
    integrationTarget: "arn:lb",
    requestParameters: {
      "integration.request.header.x-sluice-client-ip": "context.identity.sourceIp",
      "integration.request.header.x-sluice-request-id": "context.requestId",
    },
    ...other,
  },
});

const responses: JsonObject = {
  MISSING_AUTHENTICATION_TOKEN: { statusCode: 404, responseTemplates: { "application/json": '{"code":"not_found"}' } },
  DEFAULT_4XX: { responseTemplates: { "application/json": '{"code":"$context.error.responseType"}' } },
};

interface Setup extends Partial<RestApiStageOptions> {
  readonly paths?: JsonObject;
  readonly document?: JsonObject;
}

/** An API in front of `upstream`. @returns its port */
export async function api(
  upstream: RequestListener | number,
  { paths, document, ...options }: Setup = {},
): Promise<number> {
  const target = typeof upstream === "number" ? upstream : await serve(upstream);
  const definition = readDefinition({
    paths: paths ?? { "/{path+}": { "x-amazon-apigateway-any-method": integration("/{path}") } },
    "x-amazon-apigateway-gateway-responses": responses,
    ...document,
  });
  const stage = new RestApiStage({
    apiId: "api",
    stage: "live",
    region: "eu-west-1",
    definition,
    webAcl: undefined,
    authorizer: (name) => {
      throw new Error(`there is no authorizer ${name}`);
    },
    usagePlans: new UsagePlans(),
    throttle: undefined,
    listenerPort: (arn, port) => (arn === "arn:lb" && port === 443 ? target : undefined),
    ...options,
  });
  onTestFinished(() => stage.close());
  return serve((request, response) => void stage.handle(request, response));
}

/** Responds with the request that it received. */
export const mirror: RequestListener = (request, response) => {
  response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers }));
};
