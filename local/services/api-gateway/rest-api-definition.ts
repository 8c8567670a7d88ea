import { asList, asText, isObject, type Json, type JsonObject } from "../../template/json.ts";

export interface Integration {
  readonly type: "http_proxy" | "mock";
  /** Path of the `uri`, with `{parameters}`. */
  readonly path: string;
  /** Port that the `uri` names: the listener of the load balancer. */
  readonly listenerPort: number;
  /** ARN of the load balancer. */
  readonly target: string;
  readonly timeoutMs: number;
  /** `integration.request.header.x` → its source. */
  readonly requestParameters: Readonly<Record<string, string>>;
  /** Response of a mock integration. */
  readonly mock: { readonly status: number; readonly headers: Readonly<Record<string, string>> };
}

export interface Method {
  /** Name of the authorizer, if one guards the method. */
  readonly authorizer: string | undefined;
  readonly needsApiKey: boolean;
  /** Names of query and header parameters that must be there, when a validator checks parameters. */
  readonly requiredParameters: readonly { readonly in: string; readonly name: string }[];
  readonly integration: Integration;
}

export interface Authorizer {
  readonly lambdaArn: string;
  /** Header names (lower case) that must be there; also the cache key. */
  readonly identityHeaders: readonly string[];
  readonly cacheSeconds: number;
}

export interface GatewayResponse {
  readonly status: number | undefined;
  /** Header → `'static'` or `context.…`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly template: string | undefined;
}

export interface ApiResource {
  /** Path template, e.g. `/v1/models/{model}`. */
  readonly path: string;
  readonly pattern: RegExp;
  /** By upper-case method; `ANY` takes the rest. */
  readonly methods: ReadonlyMap<string, Method>;
}

/** What API Gateway makes of an OpenAPI document with its extensions. */
export interface RestApiDefinition {
  readonly resources: readonly ApiResource[];
  readonly authorizers: ReadonlyMap<string, Authorizer>;
  readonly gatewayResponses: ReadonlyMap<string, GatewayResponse>;
}

const VERBS = ["get", "put", "post", "delete", "options", "head", "patch"];

/** Reads the `body` of an `aws_api_gateway_rest_api`, expressions already resolved. */
export function readDefinition(body: JsonObject): RestApiDefinition {
  const schemes = record(record(body.components).securitySchemes);
  const authorizers = new Map<string, Authorizer>();
  const apiKeySchemes = new Set<string>();
  for (const [name, value] of Object.entries(schemes)) {
    const scheme = record(value);
    const authorizer = scheme["x-amazon-apigateway-authorizer"];
    if (isObject(authorizer)) authorizers.set(name, readAuthorizer(name, authorizer));
    else if (scheme.type === "apiKey") apiKeySchemes.add(name);
  }
  const validators = record(body["x-amazon-apigateway-request-validators"]);
  const context = {
    authorizers,
    apiKeySchemes,
    defaultSecurity: body.security,
    checksParameters: (name: Json | undefined) =>
      name !== undefined && record(validators[asText(name)]).validateRequestParameters === true,
    defaultValidator: body["x-amazon-apigateway-request-validator"],
  };
  const resources = Object.entries(record(body.paths)).map(([path, item]) => readResource(path, record(item), context));
  const responses = Object.entries(record(body["x-amazon-apigateway-gateway-responses"]));
  return {
    // Literal segments win over parameters, as in API Gateway.
    resources: resources.toSorted((a, b) => (specificity(a.path) < specificity(b.path) ? 1 : -1)),
    authorizers,
    gatewayResponses: new Map(responses.map(([type, value]) => [type, readGatewayResponse(record(value))])),
  };
}

interface ReadContext {
  readonly authorizers: ReadonlyMap<string, Authorizer>;
  readonly apiKeySchemes: ReadonlySet<string>;
  readonly defaultSecurity: Json | undefined;
  readonly defaultValidator: Json | undefined;
  checksParameters(validator: Json | undefined): boolean;
}

function readResource(path: string, item: JsonObject, context: ReadContext): ApiResource {
  const methods = new Map<string, Method>();
  for (const verb of VERBS) {
    const operation = item[verb];
    if (isObject(operation)) methods.set(verb.toUpperCase(), readMethod(operation, item, context));
  }
  const any = item["x-amazon-apigateway-any-method"];
  if (isObject(any)) methods.set("ANY", readMethod(any, item, context));
  const source = path
    .split("/")
    .map((segment) => {
      const parameter = /^\{([^}+]+)(\+?)\}$/.exec(segment);
      if (!parameter) return segment.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      return parameter[2] === "+" ? `(?<${parameter[1]}>.+)` : `(?<${parameter[1]}>[^/]+)`;
    })
    .join("/");
  return { path, pattern: new RegExp(`^${source}$`), methods };
}

function readMethod(operation: JsonObject, item: JsonObject, context: ReadContext): Method {
  const security = operation.security ?? context.defaultSecurity;
  const names = security === undefined ? [] : asList(security).flatMap((entry) => Object.keys(record(entry)));
  const validator = operation["x-amazon-apigateway-request-validator"] ?? context.defaultValidator;
  const parameters = [item.parameters, operation.parameters].flatMap((list) =>
    list === undefined ? [] : asList(list),
  );
  return {
    authorizer: names.find((name) => context.authorizers.has(name)),
    needsApiKey: names.some((name) => context.apiKeySchemes.has(name)),
    requiredParameters: context.checksParameters(validator)
      ? parameters
          .map(record)
          .filter((parameter) => parameter.required === true && (parameter.in === "query" || parameter.in === "header"))
          .map((parameter) => ({ in: asText(parameter.in), name: asText(parameter.name) }))
      : [],
    integration: readIntegration(record(operation["x-amazon-apigateway-integration"])),
  };
}

function readIntegration(integration: JsonObject): Integration {
  const type = asText(integration.type).toLowerCase();
  if (type !== "http_proxy" && type !== "mock")
    throw new Error(`The twin knows http_proxy and mock integrations, not ${type}.`);
  const requestParameters = Object.entries(record(integration.requestParameters));
  const uri = type === "mock" ? undefined : splitUri(asText(integration.uri));
  return {
    type,
    path: uri?.path ?? "/",
    listenerPort: uri?.port ?? 443,
    target: asText(integration.integrationTarget ?? ""),
    timeoutMs: Number(integration.timeoutInMillis ?? 29_000),
    requestParameters: Object.fromEntries(requestParameters.map(([name, value]) => [name, asText(value)])),
    mock: type === "mock" ? readMock(integration) : { status: 200, headers: {} },
  };
}

/** `https://host:port/path`: a template may stand in the path, so `new URL` would spoil it. */
function splitUri(uri: string): { readonly port: number; readonly path: string } {
  const match = /^(https?):\/\/[^/:]+(?::(\d+))?(\/.*)?$/.exec(uri);
  if (!match) throw new Error(`integration uri must be http(s)://host/path, got ${uri}`);
  return { port: Number(match[2] ?? (match[1] === "https" ? 443 : 80)), path: match[3] ?? "/" };
}

function readMock(integration: JsonObject): Integration["mock"] {
  const response = record(record(integration.responses).default);
  const headers = Object.entries(record(response.responseParameters)).map(
    ([name, value]) => [name.replace(/^method\.response\.header\./, "").toLowerCase(), unquote(asText(value))] as const,
  );
  return { status: Number(response.statusCode ?? 200), headers: Object.fromEntries(headers) };
}

function readAuthorizer(name: string, authorizer: JsonObject): Authorizer {
  if (authorizer.type !== "request")
    throw new Error(`authorizer ${name}: the twin knows the type request only, got ${String(authorizer.type)}`);
  const uri = asText(authorizer.authorizerUri);
  const lambdaArn = /functions\/(arn:.+?)\/(?:invocations|response-streaming-invocations)$/.exec(uri)?.[1];
  if (!lambdaArn) throw new Error(`authorizerUri must name a function's invocations, got ${uri}`);
  const sources = authorizer.identitySource === undefined ? "" : asText(authorizer.identitySource);
  const headers = sources
    .split(",")
    .map((source) => source.trim())
    .filter((source) => source !== "");
  const other = headers.find((source) => !source.startsWith("method.request.header."));
  if (other !== undefined)
    throw new Error(`authorizer ${name}: the twin knows headers as identity sources only, got ${other}`);
  return {
    lambdaArn,
    identityHeaders: headers.map((source) => source.replace(/^method\.request\.header\./, "").toLowerCase()),
    cacheSeconds: Number(authorizer.authorizerResultTtlInSeconds ?? 300),
  };
}

function readGatewayResponse(response: JsonObject): GatewayResponse {
  const headers = Object.entries(record(response.responseParameters)).map(
    ([name, value]) => [name.replace(/^gatewayresponse\.header\./, "").toLowerCase(), asText(value)] as const,
  );
  const template = record(response.responseTemplates)["application/json"];
  return {
    status: response.statusCode === undefined ? undefined : Number(response.statusCode),
    headers: Object.fromEntries(headers),
    template: template === undefined ? undefined : asText(template),
  };
}

/** Static values stand in single quotes. */
export function unquote(text: string): string {
  return /^'.*'$/.test(text) ? text.slice(1, -1) : text;
}

/** A digit a segment, so that paths compare segment by segment: literal before parameter before greedy one. */
function specificity(path: string): string {
  const rank = (segment: string) => (segment.startsWith("{") ? (segment.endsWith("+}") ? "1" : "2") : "3");
  return path.split("/").map(rank).join("");
}

function record(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
