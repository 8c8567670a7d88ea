import { arnOf, idOf, LOCAL_ACCOUNT } from "../../runtime/names.ts";
import type { ResourcePlugin } from "../../runtime/plugin.ts";
import { asNumber, asObject, asText, block, type Json } from "../../template/json.ts";
import type { WithElb } from "../elb/runtime.ts";
import type { LambdaRuntime, WithLambda } from "../lambda/runtime.ts";
import type { WithWaf } from "../waf/runtime.ts";
import { RequestAuthorizer } from "./request-authorizer.ts";
import { type RestApiDefinition, readDefinition } from "./rest-api-definition.ts";
import { RestApiStage } from "./rest-api-stage.ts";
import type { WithApiGateway } from "./runtime.ts";
import { TokenBucket } from "./token-bucket.ts";

export const restApi: ResourcePlugin<WithApiGateway> = {
  type: "aws_api_gateway_rest_api",
  attributes: (resource, { settings }) => ({
    root_resource_id: "root",
    execution_arn: `arn:aws:execute-api:${settings.region}:${LOCAL_ACCOUNT}:${idOf(resource)}`,
  }),
  start(config, resource, { apiGateway }) {
    const body: Json = JSON.parse(asText(config.body));
    const id = idOf(resource);
    apiGateway.restApis.set(id, { name: asText(config.name ?? id), definition: readDefinition(asObject(body)) });
  },
};

export const methodSettings: ResourcePlugin<WithApiGateway> = {
  type: "aws_api_gateway_method_settings",
  start(config, resource, { apiGateway }) {
    const settings = block(config.settings) ?? {};
    if (config.method_path !== "*/*") throw new Error(`${resource.address}: the twin knows method_path "*/*" only`);
    if (settings.throttling_rate_limit === undefined) return;
    const bucket = new TokenBucket(asNumber(settings.throttling_rate_limit), asNumber(settings.throttling_burst_limit));
    apiGateway.stageThrottles.set(`${asText(config.rest_api_id)}/${asText(config.stage_name)}`, bucket);
  },
};

export const usagePlan: ResourcePlugin<WithApiGateway> = {
  type: "aws_api_gateway_usage_plan",
  start: (config, resource, { apiGateway }) => apiGateway.usagePlans.addPlan(idOf(resource), config),
};

export const apiKey: ResourcePlugin<WithApiGateway> = {
  type: "aws_api_gateway_api_key",
  start: (config, resource, { apiGateway }) => apiGateway.usagePlans.addKey(idOf(resource), asText(config.value)),
};

export const usagePlanKey: ResourcePlugin<WithApiGateway> = {
  type: "aws_api_gateway_usage_plan_key",
  start: (config, _resource, { apiGateway }) =>
    apiGateway.usagePlans.joinKey(asText(config.key_id), asText(config.usage_plan_id)),
};

/** Last of the REST API's parts: it takes the registered parts and serves on the API's port. */
export const stage: ResourcePlugin<WithApiGateway & WithElb & WithLambda & WithWaf> = {
  type: "aws_api_gateway_stage",
  attributes(resource, runtime) {
    const name = resource.config.stage_name;
    return { invoke_url: `${runtime.settings.apiUrl}/${String(name)}`, execution_arn: arnOf(resource, runtime) };
  },
  start(config, resource, runtime) {
    const { apiGateway, elb, lambda, waf, settings } = runtime;
    const apiId = asText(config.rest_api_id);
    const name = asText(config.stage_name);
    const api = apiGateway.restApis.get(apiId);
    if (!api) throw new Error(`${resource.address}: there is no REST API ${apiId}`);
    if (apiGateway.stage)
      throw new Error(`${resource.address}: the twin serves one REST API stage, this is a second one`);
    const authorizers = authorizersOf(api.definition, { lambda, report: settings.report, address: resource.address });
    apiGateway.stageDimensions = { ApiName: api.name, Stage: name };
    apiGateway.stage = new RestApiStage({
      apiId,
      stage: name,
      region: settings.region,
      definition: api.definition,
      webAcl: waf.webAclOf(arnOf(resource, runtime)),
      authorizer: (scheme) => {
        const authorizer = authorizers.get(scheme);
        if (!authorizer) throw new Error(`there is no authorizer ${scheme}`);
        return authorizer;
      },
      usagePlans: apiGateway.usagePlans,
      throttle: apiGateway.stageThrottles.get(`${apiId}/${name}`),
      listenerPort: (arn, port) => elb.listenerPort(arn, port),
    });
  },
};

interface AuthorizerContext {
  readonly lambda: LambdaRuntime;
  readonly report: (line: string) => void;
  /** Address of the stage, for errors. */
  readonly address: string;
}

/** The definition's authorizers with their functions, by the name of their security scheme. */
function authorizersOf(
  { authorizers }: RestApiDefinition,
  { lambda, report, address }: AuthorizerContext,
): ReadonlyMap<string, RequestAuthorizer> {
  return new Map(
    [...authorizers].map(([scheme, settings]) => {
      const target = lambda.functions.get(settings.lambdaArn);
      if (!target) throw new Error(`${address}: the authorizer ${scheme} names no function of the stacks`);
      return [scheme, new RequestAuthorizer(settings, target, report)] as const;
    }),
  );
}

/** In the order in which they start. */
export const API_GATEWAY_PLUGINS = {
  aws_api_gateway_rest_api: restApi,
  aws_api_gateway_method_settings: methodSettings,
  aws_api_gateway_usage_plan: usagePlan,
  aws_api_gateway_api_key: apiKey,
  aws_api_gateway_usage_plan_key: usagePlanKey,
  aws_api_gateway_stage: stage,
} as const;
