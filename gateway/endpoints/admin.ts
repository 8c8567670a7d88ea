import { RouteOverride } from "../../contracts/targets/target-changes.ts";
import { ProviderSettings, RouteSettings } from "../../contracts/targets/target-settings.ts";
import { TokenPriceSettings } from "../../contracts/targets/token-prices.ts";
import type { EndpointDefinition } from "./endpoint-definition.ts";

const OPERATOR = { body: undefined, client: undefined, generation: undefined } as const;

export const getServiceHealth: EndpointDefinition = {
  ...OPERATOR,
  handle: (request, { live }) => live.health(request),
};

export const listLogLines: EndpointDefinition = {
  ...OPERATOR,
  handle: (request, { live }) => live.logs(request),
};

export const listTargets: EndpointDefinition = {
  ...OPERATOR,
  handle: (request, { admin }) => admin.targets(request),
};

export const listRequests: EndpointDefinition = {
  ...OPERATOR,
  handle: (request, { live }) => live.list(request),
};

export const stopRequest: EndpointDefinition = {
  ...OPERATOR,
  handle: (request, { live }) => live.stop(request),
};

export const listProviders: EndpointDefinition = {
  ...OPERATOR,
  handle: (request, { admin }) => admin.list(request, "provider"),
};

export const getProvider: EndpointDefinition = {
  ...OPERATOR,
  handle: (request, { admin }) => admin.get(request, "provider"),
};

export const putProvider: EndpointDefinition = {
  ...OPERATOR,
  body: ProviderSettings,
  handle: (request, { admin }) => admin.put(request, "provider"),
};

export const deleteProvider: EndpointDefinition = {
  ...OPERATOR,
  handle: (request, { admin }) => admin.delete(request, "provider"),
};

export const testProvider: EndpointDefinition = {
  ...OPERATOR,
  handle: (request, { admin }) => admin.test(request),
};

export const listRoutes: EndpointDefinition = {
  ...OPERATOR,
  handle: (request, { admin }) => admin.list(request, "route"),
};

export const getRoute: EndpointDefinition = {
  ...OPERATOR,
  handle: (request, { admin }) => admin.get(request, "route"),
};

export const putRoute: EndpointDefinition = {
  ...OPERATOR,
  body: RouteSettings,
  handle: (request, { admin }) => admin.put(request, "route"),
};

export const deleteRoute: EndpointDefinition = {
  ...OPERATOR,
  handle: (request, { admin }) => admin.delete(request, "route"),
};

export const getOverride: EndpointDefinition = {
  ...OPERATOR,
  handle: (request, { admin }) => admin.override(request),
};

export const overrideRoute: EndpointDefinition = {
  ...OPERATOR,
  body: RouteOverride,
  handle: (request, { admin }) => admin.put(request, "override"),
};

export const deleteOverride: EndpointDefinition = {
  ...OPERATOR,
  handle: (request, { admin }) => admin.delete(request, "override"),
};

export const listPrices: EndpointDefinition = {
  ...OPERATOR,
  handle: (request, { admin }) => admin.list(request, "price"),
};

export const getPrice: EndpointDefinition = {
  ...OPERATOR,
  handle: (request, { admin }) => admin.get(request, "price"),
};

export const putPrice: EndpointDefinition = {
  ...OPERATOR,
  body: TokenPriceSettings,
  handle: (request, { admin }) => admin.put(request, "price"),
};

export const deletePrice: EndpointDefinition = {
  ...OPERATOR,
  handle: (request, { admin }) => admin.delete(request, "price"),
};
