import { arnOf, idOf, LOCAL_ACCOUNT } from "../../runtime/names.ts";
import type { ResourcePlugin } from "../../runtime/plugin.ts";
import { asNumber, asObject, asText, block, type Json } from "../../template/json.ts";
import type { World } from "../../world.ts";
import { RequestAuthorizer } from "./request-authorizer.ts";
import { readDefinition } from "./rest-api-definition.ts";
import { RestApiStage } from "./rest-api-stage.ts";
import { TokenBucket } from "./token-bucket.ts";

export const restApi: ResourcePlugin = {
  type: "aws_api_gateway_rest_api",
  attributes: (resource, world) => ({
    root_resource_id: "root",
    execution_arn: `arn:aws:execute-api:${world.settings.region}:${LOCAL_ACCOUNT}:${idOf(resource)}`,
  }),
  start(config, resource, world) {
    const body: Json = JSON.parse(asText(config.body));
    world.restApis.set(idOf(resource), readDefinition(asObject(body)));
    world.apiNames.set(idOf(resource), asText(config.name ?? idOf(resource)));
  },
};

export const methodSettings: ResourcePlugin = {
  type: "aws_api_gateway_method_settings",
  start(config, resource, world) {
    const settings = block(config.settings) ?? {};
    if (config.method_path !== "*/*") throw new Error(`${resource.address}: the twin knows method_path "*/*" only`);
    if (settings.throttling_rate_limit === undefined) return;
    const bucket = new TokenBucket(asNumber(settings.throttling_rate_limit), asNumber(settings.throttling_burst_limit));
    world.stageThrottles.set(`${asText(config.rest_api_id)}/${asText(config.stage_name)}`, bucket);
  },
};

export const usagePlan: ResourcePlugin = {
  type: "aws_api_gateway_usage_plan",
  start: (config, resource, world) => world.usagePlans.addPlan(idOf(resource), config),
};

export const apiKey: ResourcePlugin = {
  type: "aws_api_gateway_api_key",
  start: (config, resource, world) => world.usagePlans.addKey(idOf(resource), asText(config.value)),
};

export const usagePlanKey: ResourcePlugin = {
  type: "aws_api_gateway_usage_plan_key",
  start: (config, _resource, world) => world.usagePlans.joinKey(asText(config.key_id), asText(config.usage_plan_id)),
};

/** Last of the REST API's parts: it takes what the others registered and answers on the API's port. */
export const stage: ResourcePlugin = {
  type: "aws_api_gateway_stage",
  attributes: (resource, world) => {
    const name = resource.config.stage_name;
    return { invoke_url: `${world.settings.apiUrl}/${String(name)}`, execution_arn: arnOf(resource, world) };
  },
  start(config, resource, world) {
    const apiId = asText(config.rest_api_id);
    const name = asText(config.stage_name);
    const definition = world.restApis.get(apiId);
    if (!definition) throw new Error(`${resource.address}: there is no REST API ${apiId}`);
    if (world.stage) throw new Error(`${resource.address}: the twin serves one REST API stage, this is a second one`);
    const authorizers = new Map(
      [...definition.authorizers].map(([scheme, settings]) => {
        const lambda = world.lambdas.get(settings.lambdaArn);
        if (!lambda) throw new Error(`${resource.address}: the authorizer ${scheme} names no function of the stacks`);
        return [scheme, new RequestAuthorizer(settings, lambda, world.settings.report)] as const;
      }),
    );
    world.stageDimensions = { ApiName: world.apiNames.get(apiId) ?? apiId, Stage: name };
    world.stage = new RestApiStage({
      apiId,
      stage: name,
      region: world.settings.region,
      definition,
      webAcl: world.webAcls.get(world.webAclOf.get(arnOf(resource, world)) ?? ""),
      authorizer: (scheme) => {
        const authorizer = authorizers.get(scheme);
        if (!authorizer) throw new Error(`there is no authorizer ${scheme}`);
        return authorizer;
      },
      usagePlans: world.usagePlans,
      throttle: world.stageThrottles.get(`${apiId}/${name}`),
      listenerPort: (arn, port) => listenerPort(world, arn, port),
    });
  },
};

function listenerPort(world: World, loadBalancerArn: string, port: number): number | undefined {
  const entries = [...world.listeners.values()];
  return entries.find((entry) => entry.loadBalancerArn === loadBalancerArn && entry.port === port)?.listener.port;
}
