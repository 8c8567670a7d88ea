import type { IncomingMessage } from "node:http";
import { header } from "../../http/server.ts";
import { asText, blocks, isObject, type Json, type JsonObject } from "../../template/json.ts";
import type { LambdaFunction } from "../lambda/lambda-function.ts";
import type { Authorizer } from "./rest-api-definition.ts";

export type Authorization =
  | { readonly verdict: "allowed"; readonly usageIdentifierKey: string | undefined }
  | { readonly verdict: "unauthorized" }
  | { readonly verdict: "denied" }
  | { readonly verdict: "failed" };

export interface AuthorizationRequest {
  readonly request: IncomingMessage;
  readonly apiId: string;
  readonly stage: string;
  readonly region: string;
  readonly resource: string;
  readonly path: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly requestId: string;
  readonly sourceIp: string;
}

const MAX_CACHED = 1000;

/** A REQUEST authorizer: calls the Lambda function as API Gateway does and caches its policies for the TTL. */
export class RequestAuthorizer {
  readonly #settings: Authorizer;
  readonly #lambda: LambdaFunction;
  readonly #now: () => number;
  readonly #report: (line: string) => void;
  readonly #cache = new Map<string, { readonly until: number; readonly result: Json }>();

  /** `report` is called with why the function failed, as its log would have it. */
  constructor(
    settings: Authorizer,
    lambda: LambdaFunction,
    report: (line: string) => void,
    now: () => number = Date.now,
  ) {
    this.#settings = settings;
    this.#lambda = lambda;
    this.#report = report;
    this.#now = now;
  }

  async authorize(call: AuthorizationRequest): Promise<Authorization> {
    const { identityHeaders, cacheSeconds } = this.#settings;
    const identity = identityHeaders.map((name) => header(call.request, name));
    // An absent identity source is 401 without a call of the function.
    if (identity.some((value) => value === undefined || value === "")) return { verdict: "unauthorized" };
    const cacheKey = identity.length > 0 && cacheSeconds > 0 ? JSON.stringify(identity) : undefined;
    const cached = cacheKey === undefined ? undefined : this.#cache.get(cacheKey);
    if (cached && cached.until > this.#now()) return verdict(cached.result, methodArn(call));
    try {
      const result = await this.#lambda.invoke(event(call));
      const authorization = verdict(result, methodArn(call));
      if (authorization.verdict === "failed") throw new Error("the function's result is not a policy");
      if (cacheKey !== undefined) this.#remember(cacheKey, result, cacheSeconds);
      return authorization;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message === "Unauthorized") return { verdict: "unauthorized" };
      this.#report(`authorizer: ${message}`);
      return { verdict: "failed" };
    }
  }

  #remember(key: string, result: Json, seconds: number): void {
    if (this.#cache.size >= MAX_CACHED) this.#cache.clear();
    this.#cache.set(key, { until: this.#now() + seconds * 1000, result });
  }
}

function methodArn({ region, apiId, stage, request, path }: AuthorizationRequest): string {
  return `arn:aws:execute-api:${region}:000000000000:${apiId}/${stage}/${request.method}${path}`;
}

function event(call: AuthorizationRequest): Json {
  const headers = Object.fromEntries(
    Object.keys(call.request.headers).map((name) => [name, header(call.request, name) ?? ""]),
  );
  const method = call.request.method ?? "GET";
  return {
    type: "REQUEST",
    methodArn: methodArn(call),
    resource: call.resource,
    path: call.path,
    httpMethod: method,
    headers,
    queryStringParameters: {},
    pathParameters: call.pathParameters,
    stageVariables: {},
    requestContext: {
      accountId: "000000000000",
      apiId: call.apiId,
      stage: call.stage,
      requestId: call.requestId,
      resourcePath: call.resource,
      path: `/${call.stage}${call.path}`,
      httpMethod: method,
      identity: { sourceIp: call.sourceIp, userAgent: headers["user-agent"] ?? "" },
    },
  };
}

/** The function's policy applied to this method. Anything that is not a policy is a failure, as on AWS. */
function verdict(result: Json, arn: string): Authorization {
  if (!isObject(result) || !isObject(result.policyDocument) || typeof result.principalId !== "string")
    return { verdict: "failed" };
  const statements = blocks(result.policyDocument.Statement);
  const matching = statements.filter((statement) => matches(statement, arn));
  const allowed =
    matching.some(({ Effect }) => Effect === "Allow") && !matching.some(({ Effect }) => Effect === "Deny");
  if (!allowed) return { verdict: "denied" };
  const key = result.usageIdentifierKey;
  return { verdict: "allowed", usageIdentifierKey: typeof key === "string" ? key : undefined };
}

function matches(statement: JsonObject, arn: string): boolean {
  const resources = Array.isArray(statement.Resource) ? statement.Resource : [statement.Resource ?? ""];
  return resources.map(asText).some((resource) => {
    const source = resource
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".");
    return new RegExp(`^${source}$`).test(arn);
  });
}
