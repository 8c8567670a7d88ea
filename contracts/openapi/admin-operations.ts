import { LOG_LEVELS } from "../live/log-lines.ts";
import { CHANGED, CHANGING, CONDITIONS, IF_MATCH, operation, TAKING_BACK } from "./admin-operation.ts";
import { READING } from "./operation.ts";

const ROUTE = {
  policy: "weighted",
  sticky: "none",
  targets: [{ pool: "phi-3-mini", weight: 1 }],
  fallbacks: [{ provider: "openai", model: "gpt-4o-mini" }],
  failoverAfterSeconds: 5,
};
const PROVIDER = {
  dialect: "openai",
  endpoint: "https://api.openai.com",
  region: null,
  credential: { from: "secret", secretId: "sluice/openai" },
  rateLimit: { requests: 500, per: "minute" },
  timeouts: { connectSeconds: 2, firstByteSeconds: 15, idleSeconds: 30, totalSeconds: 300 },
  maxConnections: 100,
  maxInFlight: 200,
  priority: 30,
  emergencyOnly: false,
  monthlyCapUsd: 10,
  healthCheck: null,
  allowPrivateHosts: [],
  models: {
    "gpt-4o-mini": {
      contextTokens: 128_000,
      capabilities: ["tools"],
      inputUsdPerMillion: 0.15,
      outputUsdPerMillion: 0.6,
    },
  },
};

/** Operations that change providers and routes at run time, in the order of the reference. */
export const ADMIN_OPERATIONS = [
  operation({
    path: "/admin/health",
    method: "get",
    operationId: "getServiceHealth",
    summary: "Show how the service does",
    description:
      "Queue, engines, slots, failures and times of each model in the last minutes, breakers, and what runs which version; of all " +
      "gateways that share a Valkey, else of the process that responds.",
    response: { schema: "ServiceHealth", description: "Its health." },
    errors: READING,
  }),
  operation({
    path: "/admin/logs",
    method: "get",
    operationId: "listLogLines",
    summary: "List the newest lines of the log",
    description:
      "Of all gateways that share a Valkey, else of the process that responds: some 2,000 lines of each thread. Successful reads of " +
      "`/admin` and health checks have none. Lines have no keys, prompts or completions.",
    queryParameters: [
      { name: "level", description: "And graver ones.", values: LOG_LEVELS },
      { name: "request", description: "An `x-request-id`." },
      { name: "key", description: "The id of an API key." },
      { name: "project", description: "The id of a project." },
      { name: "model", description: "As the client wrote it." },
      { name: "text", description: "Anywhere in the line, in small or capital letters." },
      { name: "since", description: "A time such as `2026-01-01T00:00:00Z`, inclusive." },
      { name: "until", description: "A time, inclusive." },
      { name: "limit", description: "1 to 200; 100 by default." },
    ],
    response: { schema: "LogLineList", description: "The lines, the newest first." },
    errors: ["invalid_request", ...READING],
  }),
  operation({
    path: "/admin/targets",
    method: "get",
    operationId: "listTargets",
    summary: "Show how the targets are",
    description:
      "Health, breaker, latency and spend of each target, as the gateway that answers sees them, and the overrides of all routes.",
    response: { schema: "AdminTargetList", description: "The targets." },
    errors: READING,
  }),
  operation({
    path: "/admin/requests",
    method: "get",
    operationId: "listRequests",
    summary: "List the requests in progress",
    description:
      "Requests to models of all gateways that share a Valkey, else of the process that responds, with key, project, target and " +
      "tokens so far; nothing of prompts.",
    response: { schema: "LiveRequestList", description: "The requests, the oldest first." },
    errors: READING,
  }),
  operation({
    path: "/admin/requests/{name}/stop",
    method: "post",
    operationId: "stopRequest",
    summary: "Stop a request in progress",
    description:
      "By its `x-request-id`, whichever gateway has it. Its target is no longer called, what it used is charged, and its client " +
      "gets the error `permission_denied`.",
    response: { schema: "LiveRequestStopped", description: "It was stopped." },
    errors: READING,
  }),
  operation({
    path: "/admin/providers",
    method: "get",
    operationId: "listProviders",
    summary: "List the providers in use",
    description: "Each as it was declared in the environment file, or changed since.",
    response: { schema: "AdminProviderList", description: "The providers." },
    errors: READING,
  }),
  operation({
    path: "/admin/providers/{name}",
    method: "get",
    operationId: "getProvider",
    summary: "Describe one provider",
    description: "Its settings; `etag` is the version.",
    response: {
      schema: "AdminProvider",
      description: "The provider.",
      example: { name: "openai", ...CHANGED, settings: PROVIDER },
    },
    errors: READING,
  }),
  operation({
    path: "/admin/providers/{name}",
    method: "put",
    operationId: "putProvider",
    summary: "Change a provider, or add one",
    description: "Every gateway has it within five seconds; what is in progress ends as it began.",
    request: { schema: "ProviderSettings", example: PROVIDER },
    headerParameters: CONDITIONS,
    response: { schema: "AdminProvider", description: "The provider as it is now." },
    errors: CHANGING,
  }),
  operation({
    path: "/admin/providers/{name}",
    method: "delete",
    operationId: "deleteProvider",
    summary: "Take a provider's change back",
    description: "What the environment file declares is back.",
    headerParameters: [IF_MATCH],
    response: { schema: "AdminDeleted", description: "The change is gone." },
    errors: TAKING_BACK,
  }),
  operation({
    path: "/admin/providers/{name}/test",
    method: "post",
    operationId: "testProvider",
    summary: "Try a provider's connection",
    description:
      "Connects with the provider's key and lists its models. With `model`, up to three small requests show whether chat, " +
      "streams, tools and token counts work; they cost what such requests cost.",
    queryParameters: [{ name: "model", description: "One of the provider's models, which then gets the requests." }],
    response: {
      schema: "AdminConnectionTest",
      description: "What was found, also where it does not work.",
      example: { ok: true, latencyMs: 84, status: 200, models: ["gpt-4o-mini"] },
    },
    errors: ["invalid_request", ...READING],
  }),
  operation({
    path: "/admin/routes",
    method: "get",
    operationId: "listRoutes",
    summary: "List the routes in use",
    description: "Each as it was declared in the environment file, or changed since.",
    response: { schema: "AdminRouteList", description: "The routes." },
    errors: READING,
  }),
  operation({
    path: "/admin/routes/{name}",
    method: "get",
    operationId: "getRoute",
    summary: "Describe one route",
    description: "Its settings; `etag` is the version. A name with slashes has them as `%2F`.",
    response: {
      schema: "AdminRoute",
      description: "The route.",
      example: { name: "assistant", ...CHANGED, settings: ROUTE },
    },
    errors: READING,
  }),
  operation({
    path: "/admin/routes/{name}",
    method: "put",
    operationId: "putRoute",
    summary: "Change a route, or add one",
    description: "Every gateway has it within five seconds; what is in progress ends as it began.",
    request: { schema: "RouteSettings", example: ROUTE },
    headerParameters: CONDITIONS,
    response: { schema: "AdminRoute", description: "The route as it is now." },
    errors: CHANGING,
  }),
  operation({
    path: "/admin/routes/{name}",
    method: "delete",
    operationId: "deleteRoute",
    summary: "Take a route's change back",
    description: "What the environment file declares is back.",
    headerParameters: [IF_MATCH],
    response: { schema: "AdminDeleted", description: "The change is gone." },
    errors: TAKING_BACK,
  }),
  operation({
    path: "/admin/routes/{name}/override",
    method: "get",
    operationId: "getOverride",
    summary: "Describe a route's override",
    description: 'What was forced or drained by hand; `etag` is the version, `"0"` where there is nothing.',
    response: {
      schema: "AdminOverride",
      description: "The override.",
      example: { name: "assistant", ...CHANGED, settings: { force: "openai/gpt-4o-mini", drain: [] } },
    },
    errors: READING,
  }),
  operation({
    path: "/admin/routes/{name}/override",
    method: "post",
    operationId: "overrideRoute",
    summary: "Force or drain targets by hand",
    description: "A target first whatever the policy says, or without new requests, until it is taken back.",
    request: { schema: "RouteOverride", example: { force: "openai/gpt-4o-mini", drain: [] } },
    headerParameters: CONDITIONS,
    response: { schema: "AdminOverride", description: "The override." },
    errors: CHANGING,
  }),
  operation({
    path: "/admin/routes/{name}/override",
    method: "delete",
    operationId: "deleteOverride",
    summary: "Take an override back",
    description: "The route's own policy holds again.",
    headerParameters: [IF_MATCH],
    response: { schema: "AdminDeleted", description: "The override is gone." },
    errors: TAKING_BACK,
  }),
];
