import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../template/json.ts";
import { type Method, readDefinition, unquote } from "./rest-api-definition.ts";

const FUNCTION = "arn:aws:lambda:eu-west-1:000000000000:function:check";
const INVOKE = `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${FUNCTION}/invocations`;

const proxy = (uri = "https://lb.internal/v1", other: JsonObject = {}): JsonObject => ({
  "x-amazon-apigateway-integration": { type: "HTTP_PROXY", uri, integrationTarget: "arn:lb", ...other },
});

/** Resource templates in the order in which they are tried. */
const order = (...paths: string[]) =>
  readDefinition({ paths: Object.fromEntries(paths.map((path) => [path, { get: proxy() }])) }).resources.map(
    ({ path }) => path,
  );

function method(operation: JsonObject, document: JsonObject = {}, item: JsonObject = {}): Method {
  const paths = { "/x": { ...item, post: { ...proxy(), ...operation } } };
  return readDefinition({ paths, ...document }).resources[0]!.methods.get("POST")!;
}

const authorizer = (other: JsonObject = {}): JsonObject => ({
  type: "apiKey",
  "x-amazon-apigateway-authorizer": { type: "request", authorizerUri: INVOKE, ...other },
});
const withSchemes = (securitySchemes: JsonObject): JsonObject => ({ components: { securitySchemes } });

describe("which resource a path belongs to", () => {
  test("a literal segment comes before a parameter, a parameter before a greedy one", () => {
    expect(order("/v1/{proxy+}", "/v1/models/{model}", "/v1/models/list")).toEqual([
      "/v1/models/list",
      "/v1/models/{model}",
      "/v1/{proxy+}",
    ]);
  });

  test("segments are compared from the left: an early literal wins over a longer path", () => {
    expect(order("/{any}/b/c", "/a/{rest+}")).toEqual(["/a/{rest+}", "/{any}/b/c"]);
  });

  test("a parameter takes one segment, a greedy one the rest, and none an empty segment", () => {
    const [greedy, single] = readDefinition({
      paths: { "/a/{rest+}": { get: proxy() }, "/{one}": { get: proxy() } },
    }).resources;
    expect(greedy!.pattern.exec("/a/b/c")?.groups).toEqual({ rest: "b/c" });
    expect(greedy!.pattern.test("/a/")).toBe(false);
    expect(single!.pattern.exec("/b%2Fc")?.groups).toEqual({ one: "b%2Fc" });
    expect(single!.pattern.test("/b/c")).toBe(false);
  });

  test("a dot in a path is a dot", () => {
    const [resource] = readDefinition({ paths: { "/openapi.json": { get: proxy() } } }).resources;
    expect(resource!.pattern.test("/openapi.json")).toBe(true);
    expect(resource!.pattern.test("/openapi-json")).toBe(false);
  });

  test("the any-method stands beside the named ones, and parameters of the path are no method", () => {
    const item = { get: proxy(), "x-amazon-apigateway-any-method": proxy(), parameters: [] };
    expect([...readDefinition({ paths: { "/x": item } }).resources[0]!.methods.keys()]).toEqual(["GET", "ANY"]);
  });
});

describe("integrations", () => {
  test("an HTTP proxy has the listener's port, the path and the load balancer", () => {
    expect(method(proxy("https://lb.internal:8443/v1/models/{model}", { timeoutInMillis: 1500 })).integration).toEqual({
      type: "http_proxy",
      path: "/v1/models/{model}",
      listenerPort: 8443,
      target: "arn:lb",
      timeoutMs: 1500,
      requestParameters: {},
      mock: { status: 200, headers: {} },
    });
  });

  test.each([
    ["https://lb.internal", 443, "/"],
    ["http://lb.internal/a", 80, "/a"],
  ])("%s means port %i and path %s", (uri, listenerPort, path) => {
    expect(method(proxy(uri)).integration).toMatchObject({ listenerPort, path });
  });

  test("29 seconds are the limit unless one is set", () => {
    expect(method({}).integration.timeoutMs).toBe(29_000);
  });

  test("a mock responds with its status and headers, without their quotes", () => {
    const mock: JsonObject = {
      type: "mock",
      responses: {
        default: {
          statusCode: "204",
          responseParameters: { "method.response.header.Access-Control-Allow-Origin": "'*'" },
        },
      },
    };
    expect(method({ "x-amazon-apigateway-integration": mock }).integration.mock).toEqual({
      status: 204,
      headers: { "access-control-allow-origin": "*" },
    });
  });

  test("another type of integration is refused by name", () => {
    expect(() => method({ "x-amazon-apigateway-integration": { type: "aws_proxy" } })).toThrow(
      "The twin knows http_proxy and mock integrations, not aws_proxy.",
    );
  });

  test("an address that is no HTTP one is refused with its value", () => {
    expect(() => method(proxy("lb.internal/v1"))).toThrow("must be http(s)://host/path, got lb.internal/v1");
  });
});

describe("what guards a method", () => {
  const document = withSchemes({ keys: authorizer(), plan: { type: "apiKey", name: "x-api-key", in: "header" } });

  test("an authorizer and a usage plan's key are distinguished", () => {
    expect(method({ security: [{ keys: [], plan: [] }] }, document)).toMatchObject({
      authorizer: "keys",
      needsApiKey: true,
    });
    expect(method({ security: [{ keys: [] }] }, document)).toMatchObject({ authorizer: "keys", needsApiKey: false });
  });

  test("the document's security holds where a method has none of its own; an empty one opens it", () => {
    const guarded = { ...document, security: [{ plan: [] }] };
    expect(method({}, guarded)).toMatchObject({ authorizer: undefined, needsApiKey: true });
    expect(method({ security: [] }, guarded)).toMatchObject({ authorizer: undefined, needsApiKey: false });
  });

  test("required parameters are checked only when the validator checks parameters", () => {
    const parameters = [
      { in: "header", name: "X-Team", required: true },
      { in: "query", name: "limit", required: true },
      { in: "query", name: "after" },
      { in: "path", name: "model", required: true },
    ];
    const validators = { all: { validateRequestParameters: true }, none: { validateRequestParameters: false } };
    const document = { "x-amazon-apigateway-request-validators": validators };
    const required = (validator: string | undefined, more: JsonObject = {}) =>
      method(
        { parameters, ...(validator ? { "x-amazon-apigateway-request-validator": validator } : {}) },
        { ...document, ...more },
      ).requiredParameters.map(({ name }) => name);
    expect(required("all")).toEqual(["X-Team", "limit"]);
    expect(required("none")).toEqual([]);
    expect(required(undefined)).toEqual([]);
    expect(required(undefined, { "x-amazon-apigateway-request-validator": "all" })).toEqual(["X-Team", "limit"]);
  });

  test("parameters of the path count for its methods", () => {
    const item = { parameters: [{ in: "header", name: "x-team", required: true }] };
    const document = {
      "x-amazon-apigateway-request-validators": { all: { validateRequestParameters: true } },
      "x-amazon-apigateway-request-validator": "all",
    };
    expect(method({}, document, item).requiredParameters).toEqual([{ in: "header", name: "x-team" }]);
  });
});

describe("authorizers", () => {
  const read = (other: JsonObject) => readDefinition(withSchemes({ keys: authorizer(other) })).authorizers.get("keys");

  test("have their function, identity headers in lower case and time to live", () => {
    const identitySource = "method.request.header.Authorization, method.request.header.X-Team";
    expect(read({ identitySource, authorizerResultTtlInSeconds: 0 })).toEqual({
      lambdaArn: FUNCTION,
      identityHeaders: ["authorization", "x-team"],
      cacheSeconds: 0,
    });
  });

  test("are cached for 300 seconds and have no identity source unless set", () => {
    expect(read({})).toMatchObject({ cacheSeconds: 300, identityHeaders: [] });
  });

  test("of another type, source or address are refused with the value", () => {
    expect(() => read({ type: "token" })).toThrow("authorizer keys: the twin knows the type request only, got token");
    expect(() => read({ identitySource: "method.request.querystring.key" })).toThrow(
      "authorizer keys: the twin knows headers as identity sources only, got method.request.querystring.key",
    );
    expect(() => read({ authorizerUri: "arn:aws:x" })).toThrow("must name a function's invocations, got arn:aws:x");
  });
});

describe("gateway responses", () => {
  test("have status, headers in lower case and the JSON template", () => {
    const responses: JsonObject = {
      THROTTLED: {
        statusCode: "429",
        responseParameters: { "gatewayresponse.header.Retry-After": "'1'" },
        responseTemplates: { "application/json": "{}", "text/xml": "<x/>" },
      },
      DEFAULT_5XX: {},
    };
    const definition = readDefinition({ "x-amazon-apigateway-gateway-responses": responses });
    expect(Object.fromEntries(definition.gatewayResponses)).toEqual({
      THROTTLED: { status: 429, headers: { "retry-after": "'1'" }, template: "{}" },
      DEFAULT_5XX: { status: undefined, headers: {}, template: undefined },
    });
  });

  test("quotes are taken off static values only", () => {
    expect([unquote("'a'"), unquote("''"), unquote("context.requestId"), unquote("'half")]).toEqual([
      "a",
      "",
      "context.requestId",
      "'half",
    ]);
  });
});
