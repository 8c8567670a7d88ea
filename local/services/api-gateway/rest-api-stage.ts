import { randomUUID } from "node:crypto";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { endToEnd, relay, relayAgent } from "../../http/relay.ts";
import { clientAddress, header, requestTarget, respond } from "../../http/server.ts";
import type { WebAcl } from "../waf/web-acl.ts";
import { type GatewayResponseType, gatewayResponse } from "./gateway-response.ts";
import type { RequestAuthorizer } from "./request-authorizer.ts";
import type { ApiResource, Integration, Method, RestApiDefinition } from "./rest-api-definition.ts";
import { unquote } from "./rest-api-definition.ts";
import type { TokenBucket } from "./token-bucket.ts";
import type { UsagePlans } from "./usage-plans.ts";

export interface RestApiStageOptions {
  readonly apiId: string;
  readonly stage: string;
  readonly region: string;
  readonly definition: RestApiDefinition;
  readonly webAcl: WebAcl | undefined;
  readonly authorizer: (name: string) => RequestAuthorizer;
  readonly usagePlans: UsagePlans;
  readonly throttle: TokenBucket | undefined;
  /** Local port of a load balancer's listener. */
  listenerPort(loadBalancerArn: string, port: number): number | undefined;
}

/** API Gateway's limit on a request's body: 10 MB. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

const REFUSALS = {
  unauthorized: "UNAUTHORIZED",
  denied: "ACCESS_DENIED",
  failed: "AUTHORIZER_FAILURE",
} as const satisfies Record<string, GatewayResponseType>;

interface StageRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly sourceIp: string;
  /** Path inside the stage. */
  readonly path: string;
  readonly query: string;
}

/**
 * One stage of a REST API: web ACL, routing, authorizer, usage plan, throttle, validator, integration, in AWS's order.
 * It serves under `/<stage>/…` like API Gateway's own address, and under `/…` like a domain mapped to the stage.
 */
export class RestApiStage {
  readonly #options: RestApiStageOptions;
  readonly #agent = relayAgent();

  constructor(options: RestApiStageOptions) {
    this.#options = options;
  }

  close(): void {
    this.#agent.destroy();
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { stage, webAcl } = this.#options;
    const { path, query } = requestTarget(request);
    const inside = path === `/${stage}` ? "/" : path.startsWith(`/${stage}/`) ? path.slice(stage.length + 1) : path;
    const received: StageRequest = {
      request,
      response,
      requestId: randomUUID(),
      sourceIp: clientAddress(request),
      path: inside,
      query,
    };
    const blocked = webAcl?.check(received.sourceIp, request.headers);
    if (blocked) return finish(received, blocked);
    const refusal = await this.#admit(received);
    if (refusal) finish(received, gatewayResponse(this.#options.definition, refusal, received));
  }

  /** Runs the request up to its integration, or returns the gateway response to send. */
  async #admit(received: StageRequest): Promise<GatewayResponseType | undefined> {
    const { apiId, stage, throttle, usagePlans } = this.#options;
    const found = this.#find(received);
    if (!found) return "MISSING_AUTHENTICATION_TOKEN";
    const { resource, method, parameters } = found;
    let usageKey: string | undefined;
    if (method.authorizer !== undefined) {
      const { region } = this.#options;
      const authorizer = this.#options.authorizer(method.authorizer);
      const call = { ...received, apiId, stage, region, resource: resource.path, pathParameters: parameters };
      const authorization = await authorizer.authorize(call);
      if (authorization.verdict !== "allowed") return REFUSALS[authorization.verdict];
      usageKey = authorization.usageIdentifierKey;
    }
    if (method.needsApiKey) {
      const verdict = usagePlans.check(usageKey, apiId, stage);
      if (verdict === "invalid-key") return "INVALID_API_KEY";
      if (verdict === "throttled") return "THROTTLED";
      if (verdict === "quota-exceeded") return "QUOTA_EXCEEDED";
    }
    if (throttle && !throttle.take()) return "THROTTLED";
    if (Number(header(received.request, "content-length") ?? 0) > MAX_BODY_BYTES) return "REQUEST_TOO_LARGE";
    if (lacksParameter(method, received)) return "BAD_REQUEST_PARAMETERS";
    return this.#integrate(received, method.integration, parameters);
  }

  #find({
    request,
    path,
  }: StageRequest): { resource: ApiResource; method: Method; parameters: Record<string, string> } | undefined {
    // As API Gateway's REST APIs, a resource has its path with a slash at the end too.
    const whole = path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
    for (const resource of this.#options.definition.resources) {
      const match = resource.pattern.exec(path) ?? resource.pattern.exec(whole);
      if (!match) continue;
      const method = resource.methods.get(request.method ?? "GET") ?? resource.methods.get("ANY");
      return method && { resource, method, parameters: { ...match.groups } };
    }
    return undefined;
  }

  #integrate(
    received: StageRequest,
    integration: Integration,
    parameters: Readonly<Record<string, string>>,
  ): GatewayResponseType | undefined {
    if (integration.type === "mock") {
      finish(received, { ...integration.mock, body: "" });
      return undefined;
    }
    const port = this.#options.listenerPort(integration.target, integration.listenerPort);
    if (port === undefined) return "API_CONFIGURATION_ERROR";
    const { definition, stage } = this.#options;
    const path = integration.path.replace(/\{([^}+]+)\+?\}/g, (_, name: string) => parameters[name] ?? "");
    const fail = (type: GatewayResponseType) => finish(received, gatewayResponse(definition, type, received));
    relay(
      received.request,
      received.response,
      {
        port,
        // A private integration sends the stage along; the gateway takes it off again.
        path: `/${stage}${path}${received.query}`,
        headers: mappedHeaders(received, integration, parameters),
        silenceMs: integration.timeoutMs,
        silenceCutsStream: true,
      },
      this.#agent,
      {
        responseHeaders: () => ({ "x-amzn-requestid": received.requestId }),
        timedOut: () => fail("INTEGRATION_TIMEOUT"),
        failed: () => fail("INTEGRATION_FAILURE"),
      },
    );
    return undefined;
  }
}

function finish(
  { response, requestId }: StageRequest,
  built: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string },
): void {
  // The body may still be on its way: the connection can't be used again.
  const close = response.req.complete ? {} : { connection: "close" };
  respond(response, built.status, { ...built.headers, "x-amzn-requestid": requestId, ...close }, built.body);
}

function lacksParameter(method: Method, { request, query }: StageRequest): boolean {
  const inQuery = new URLSearchParams(query);
  return method.requiredParameters.some((parameter) =>
    parameter.in === "query"
      ? !inQuery.has(parameter.name)
      : header(request, parameter.name.toLowerCase()) === undefined,
  );
}

/** The client's headers, overwritten by the integration's mappings: a client can't forge a mapped one. */
function mappedHeaders(
  received: StageRequest,
  integration: Integration,
  pathParameters: Readonly<Record<string, string>>,
): OutgoingHttpHeaders {
  const sources: Readonly<Record<string, string>> = {
    "context.identity.sourceIp": received.sourceIp,
    "context.requestId": received.requestId,
    ...Object.fromEntries(
      Object.entries(pathParameters).map(([name, value]) => [`method.request.path.${name}`, value]),
    ),
  };
  const mapped = Object.entries(integration.requestParameters)
    .filter(([name]) => name.startsWith("integration.request.header."))
    .map(([name, source]) => {
      const value = source.startsWith("'") ? unquote(source) : sources[source];
      if (value === undefined) throw new Error(`The twin does not know the request parameter source ${source}.`);
      return [name.slice("integration.request.header.".length).toLowerCase(), value] as const;
    });
  return { ...endToEnd(received.request.headers), ...Object.fromEntries(mapped) };
}
