import { CLIENT_IP_HEADER, EDGE_REQUEST_ID_HEADER } from "../api/headers.ts";
import { CONTROL_PATHS, HISTORY_PATHS } from "../control/operations/paths.ts";
import { KEY_ALIAS } from "../control/outer-paths.ts";
import { CHATS_ALIAS } from "../history/chats.ts";
import type { AuthMode } from "../processes/auth.ts";
import { hasFixedPreflight, preflightHeaders } from "./cors.ts";
import { API_INFO, groupByPath, pathParameters } from "./document.ts";
import { gatewayResponses } from "./gateway-responses.ts";
import { type Operation, PARAMETERS_WITH_SLASHES } from "./operation.ts";
import { scopeOf } from "./operation-access.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Longest time of a streamed response that API Gateway allows; one that is silent for 300 s ends too, which an
 * environment's time limits respect. The provider, which allows 300 s of an integration of its own, reads no imported one.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
 */
const STREAM_TIMEOUT_MILLIS = 900_000;
/** API Gateway's own limit of a response that is not streamed. */
const BUFFERED_TIMEOUT_MILLIS = 29_000;
/** Seconds that API Gateway caches the authorizer's result; a revoked key may pass it (not the gateway) that long. */
export const AUTHORIZER_TTL_SECONDS = 60;

export interface ApiGatewayDocumentOptions {
  readonly title: string;
  readonly auth: AuthMode;
  /** Whether the load balancer has the control API's paths. */
  readonly controlApi: boolean;
  /** Whether the load balancer has the paths of the history too. @default false */
  readonly history?: boolean;
  /** Paths of the token exchange at the load balancer. @default - none */
  readonly tokenExchangePaths?: readonly string[];
  readonly corsOrigins: readonly string[];
  /** Name of the load balancer's certificate: `Host` and TLS name of the private hop. */
  readonly host: string;
  /** Whether the certificate comes from a public authority; otherwise only its name and dates are checked. */
  readonly isPublicCertificate: boolean;
  readonly vpcLinkId: string;
  readonly loadBalancerArn: string;
  /** Invocation address of the authorizer; needed unless auth is `off`. */
  readonly authorizerUri: string | undefined;
}

/**
 * The API as API Gateway imports it: the operations of the reference with the `x-amazon-apigateway-*` extensions.
 *
 * Omitted on purpose: request and response schemas and examples. API Gateway would make models of them, whose dialect
 * has neither `nullable` nor `anyOf` in this form, and no request would use them: the gateway validates bodies and
 * reports all problems.
 */
export function apiGatewayDocument(options: ApiGatewayDocumentOptions): JsonObject {
  const { auth, corsOrigins, authorizerUri } = options;
  return {
    openapi: "3.0.1",
    info: { title: options.title, version: API_INFO.version },
    paths: {
      ...withGreedyParameters(
        groupByPath(
          (operation) => edgeOperation(operation, operation.method, options),
          (path, operations) => ({
            options: preflight(path, operations, options),
            "x-amazon-apigateway-any-method": anyMethod(operations, options),
          }),
        ),
      ),
      ...(options.controlApi ? controlPaths(options) : {}),
      ...tokenExchangeItems(options),
    },
    components:
      auth === "off" || authorizerUri === undefined ? {} : { securitySchemes: securitySchemes(auth, authorizerUri) },
    // The content of a form is passed on byte for byte, not read as text.
    "x-amazon-apigateway-binary-media-types": ["multipart/form-data"],
    "x-amazon-apigateway-request-validators": {
      parameters: { validateRequestBody: false, validateRequestParameters: true },
    },
    "x-amazon-apigateway-request-validator": "parameters",
    "x-amazon-apigateway-gateway-responses": gatewayResponses(auth, corsOrigins),
    // The authorizer names the caller's usage plan; callers do not have API Gateway's keys.
    ...(auth === "off" ? {} : { "x-amazon-apigateway-api-key-source": "AUTHORIZER" }),
  };
}

/** API Gateway's parameters are one segment, but for a greedy one at the end of a path: `{model+}`. */
function withGreedyParameters(paths: Readonly<Record<string, JsonObject>>): JsonObject {
  const greedy = (path: string) =>
    path.replace(/\{(\w+)\}$/, (parameter, name) => (PARAMETERS_WITH_SLASHES.has(name) ? `{${name}+}` : parameter));
  return Object.fromEntries(Object.entries(paths).map(([path, item]) => [greedy(path), item]));
}

function edgeOperation(operation: Operation, method: string, options: ApiGatewayDocumentOptions): JsonObject {
  return {
    ...(method === operation.method ? { operationId: operation.operationId } : {}),
    ...(operation.pathParameters.length > 0 ? { parameters: pathParameters(operation) } : {}),
    responses: { default: { description: "The gateway's answer, unchanged." } },
    ...(options.auth === "off" || scopeOf(operation.access) === undefined
      ? {}
      : { security: [{ [authorizerOf(operation)]: [], usagePlanKey: [] }] }),
    "x-amazon-apigateway-integration": proxyIntegration(operation, method.toUpperCase(), options),
  };
}

/** The control API, without an authorizer: its function knows admin keys, and the authorizer those for models. */
function controlPaths(options: ApiGatewayDocumentOptions): JsonObject {
  return {
    ...Object.fromEntries(
      [...CONTROL_PATHS, ...(options.history ? HISTORY_PATHS : [])].map((start) => [
        `${start}{${CONTROL_PARAMETER}+}`,
        controlPath(start, options),
      ]),
    ),
    [SHORT_PATH]: anyMethodItem(SHORT_PATH, options),
    ...(options.history ? { [CHATS_ALIAS]: anyMethodItem(CHATS_ALIAS, options) } : {}),
  };
}

const CONTROL_PARAMETER = "control_path";
const SHORT_PATH = KEY_ALIAS.slice(0, -1);

function controlPath(start: string, options: ApiGatewayDocumentOptions): JsonObject {
  const integration = { path: `${start}{${CONTROL_PARAMETER}}`, pathParameters: [CONTROL_PARAMETER] };
  return {
    "x-amazon-apigateway-any-method": {
      parameters: [{ name: CONTROL_PARAMETER, in: "path", required: true, schema: { type: "string" } }],
      responses: { default: { description: "The function's answer, unchanged." } },
      "x-amazon-apigateway-integration": proxyIntegration(integration, "ANY", options),
    },
  };
}

/** The token exchange, without an authorizer: who calls it has no key yet. */
function tokenExchangeItems(options: ApiGatewayDocumentOptions): JsonObject {
  return Object.fromEntries((options.tokenExchangePaths ?? []).map((path) => [path, anyMethodItem(path, options)]));
}

/** A path without parameters and without an authorizer. */
function anyMethodItem(path: string, options: ApiGatewayDocumentOptions): JsonObject {
  return {
    "x-amazon-apigateway-any-method": {
      responses: { default: { description: "The function's answer, unchanged." } },
      "x-amazon-apigateway-integration": proxyIntegration({ path, pathParameters: [] }, "ANY", options),
    },
  };
}

/** Anthropic's SDKs send the key in another header, and API Gateway can't accept one of two. */
function authorizerOf({ errorShape }: Operation): string {
  return errorShape === "anthropic" ? "eitherHeaderAuthorizer" : "authorizer";
}

/** Unknown methods of the path are passed on too, so that they get the gateway's 405 with `allow`. */
function anyMethod(operations: readonly Operation[], options: ApiGatewayDocumentOptions): JsonObject {
  const [operation] = operations;
  return operation ? edgeOperation(operation, "any", options) : {};
}

function proxyIntegration(
  {
    path,
    pathParameters: names,
    stream,
    isLong = false,
  }: Pick<Operation, "path" | "pathParameters" | "stream" | "isLong">,
  httpMethod: string,
  { host, isPublicCertificate, vpcLinkId, loadBalancerArn }: ApiGatewayDocumentOptions,
): JsonObject {
  return {
    type: "http_proxy",
    httpMethod,
    uri: `https://${host}${path}`,
    connectionType: "VPC_LINK",
    connectionId: vpcLinkId,
    integrationTarget: loadBalancerArn,
    passthroughBehavior: "when_no_match",
    ...(stream || isLong
      ? { responseTransferMode: "STREAM", timeoutInMillis: STREAM_TIMEOUT_MILLIS }
      : { timeoutInMillis: BUFFERED_TIMEOUT_MILLIS }),
    requestParameters: {
      // Both overwrite the client's values of these names.
      [`integration.request.header.${CLIENT_IP_HEADER}`]: "context.identity.sourceIp",
      [`integration.request.header.${EDGE_REQUEST_ID_HEADER}`]: "context.requestId",
      ...Object.fromEntries(names.map((name) => [`integration.request.path.${name}`, `method.request.path.${name}`])),
    },
    // Without a domain the operator provides a certificate, perhaps of a private authority. API Gateway then still
    // checks name and dates, and the hop never leaves the VPC.
    ...(isPublicCertificate ? {} : { tlsConfig: { insecureSkipVerification: true } }),
  };
}

/** Responds to preflights at the edge, without authorizer and without load behind it. */
function preflight(path: string, operations: readonly Operation[], options: ApiGatewayDocumentOptions): JsonObject {
  const [operation] = operations;
  if (operation && !hasFixedPreflight(options.corsOrigins)) {
    // No operation id and no security: a browser sends its preflight without a key.
    return edgeOperation({ ...operation, access: "public" }, "options", options);
  }
  const methods = [...operations.map(({ method }) => method.toUpperCase()), "OPTIONS"];
  const headers = Object.entries(preflightHeaders(options.corsOrigins, methods));
  return {
    ...(operation && operation.pathParameters.length > 0 ? { parameters: pathParameters(operation) } : {}),
    responses: {
      204: {
        description: `What a browser may send to ${path}.`,
        headers: Object.fromEntries(headers.map(([name]) => [name, { schema: { type: "string" } }])),
      },
    },
    "x-amazon-apigateway-integration": {
      type: "mock",
      passthroughBehavior: "when_no_match",
      requestTemplates: { "application/json": JSON.stringify({ statusCode: 204 }) },
      responses: {
        default: {
          statusCode: "204",
          responseParameters: Object.fromEntries(
            headers.map(([name, value]) => [`method.response.header.${name}`, `'${value}'`]),
          ),
        },
      },
    },
  };
}

function securitySchemes(auth: AuthMode, authorizerUri: string): JsonObject {
  const identity = "method.request.header.Authorization";
  return {
    // With an identity source a request without a key gets 401 before the function runs, and results are cached.
    // When a key is optional there is no identity source, and without one no result may be cached.
    authorizer: authorizerScheme(authorizerUri, auth === "required" ? identity : undefined),
    eitherHeaderAuthorizer: authorizerScheme(authorizerUri, undefined),
    usagePlanKey: { type: "apiKey", name: "x-api-key", in: "header" },
  };
}

function authorizerScheme(authorizerUri: string, identitySource: string | undefined): JsonObject {
  return {
    type: "apiKey",
    name: "Authorization",
    in: "header",
    "x-amazon-apigateway-authtype": "custom",
    "x-amazon-apigateway-authorizer": {
      type: "request",
      authorizerUri,
      ...(identitySource === undefined
        ? { authorizerResultTtlInSeconds: 0 }
        : { identitySource, authorizerResultTtlInSeconds: AUTHORIZER_TTL_SECONDS }),
    },
  };
}
