import { describe, expect, test } from "vitest";
import { type ApiGatewayDocumentOptions, apiGatewayDocument } from "./api-gateway.ts";

// biome-ignore lint/suspicious/noExplicitAny: extensions are checked as plain JSON, as API Gateway reads them
type Json = any;

const build = (options: Partial<ApiGatewayDocumentOptions> = {}): Json =>
  JSON.parse(
    JSON.stringify(
      apiGatewayDocument({
        title: "sluice-test",
        auth: "required",
        controlApi: false,
        corsOrigins: ["*"],
        host: "api.example.com",
        isPublicCertificate: true,
        vpcLinkId: "link",
        loadBalancerArn: "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/x/y",
        authorizerUri: "arn:aws:apigateway:us-east-1:lambda:path/x/invocations",
        ...options,
      }),
    ),
  );
const INTEGRATION = "x-amazon-apigateway-integration";
const ANY = "x-amazon-apigateway-any-method";

describe("the API as API Gateway imports it", () => {
  test("passes the control API's paths on to the load balancer without an authorizer, and has none without it", () => {
    for (const start of ["/v1/organization", "/v1/projects"]) {
      const path = `${start}/{control_path+}`;
      expect(build().paths).not.toHaveProperty([path]);
      const { [ANY]: method } = build({ controlApi: true }).paths[path];
      expect(method).not.toHaveProperty("security");
      expect(method[INTEGRATION]).toMatchObject({
        type: "http_proxy",
        httpMethod: "ANY",
        uri: `https://api.example.com${start}/{control_path}`,
        requestParameters: { "integration.request.path.control_path": "method.request.path.control_path" },
      });
    }
    const { paths } = build({ controlApi: true });
    for (const short of ["/api/keys", "/api/keys/{control_path+}"])
      expect(paths[short][ANY]).toMatchObject({ [INTEGRATION]: { type: "http_proxy", httpMethod: "ANY" } });
  });

  test("passes the token exchange on to the load balancer without an authorizer, and has none without workloads", () => {
    expect(build().paths).not.toHaveProperty(["/oauth/token"]);
    const { [ANY]: method } = build({ tokenExchangePaths: ["/oauth/token"] }).paths["/oauth/token"];
    expect(method).not.toHaveProperty("security");
    expect(method[INTEGRATION]).toMatchObject({ type: "http_proxy", uri: "https://api.example.com/oauth/token" });
    expect(method[INTEGRATION].requestParameters).toEqual({
      "integration.request.header.x-sluice-client-ip": "context.identity.sourceIp",
      "integration.request.header.x-sluice-request-id": "context.requestId",
    });
  });

  test.each(["/v1/completions", "/v1/chat/completions", "/v1/responses", "/v1/messages", "/v1/embeddings"])(
    "streams %s through the VPC link to the load balancer",
    (path) => {
      expect(build().paths[path].post[INTEGRATION]).toEqual({
        type: "http_proxy",
        httpMethod: "POST",
        uri: `https://api.example.com${path}`,
        connectionType: "VPC_LINK",
        connectionId: "link",
        integrationTarget: "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/x/y",
        passthroughBehavior: "when_no_match",
        responseTransferMode: "STREAM",
        timeoutInMillis: 900_000,
        requestParameters: {
          "integration.request.header.x-sluice-client-ip": "context.identity.sourceIp",
          "integration.request.header.x-sluice-request-id": "context.requestId",
        },
      });
    },
  );

  test("passes the model's name in the path on, with its slashes", () => {
    const { get } = build().paths["/v1/models/{model+}"];
    expect(get[INTEGRATION].uri).toBe("https://api.example.com/v1/models/{model}");
    expect(get.parameters).toMatchObject([{ name: "model", in: "path", required: true }]);
    expect(get[INTEGRATION].requestParameters).toMatchObject({
      "integration.request.path.model": "method.request.path.model",
    });
  });

  test("passes unknown methods on to the gateway, whose 405 names the known ones", () => {
    for (const item of Object.values<Json>(build().paths)) {
      expect(item[ANY][INTEGRATION]).toMatchObject({ type: "http_proxy", httpMethod: "ANY" });
      expect(item[ANY]).not.toHaveProperty("operationId");
    }
  });

  test("responds to preflights itself, without authorizer", () => {
    const { options } = build({ corsOrigins: ["https://demo.example.com"] }).paths["/v1/chat/completions"];
    expect(options).not.toHaveProperty("security");
    expect(options[INTEGRATION]).toMatchObject({
      type: "mock",
      requestTemplates: { "application/json": '{"statusCode":204}' },
      responses: {
        default: {
          statusCode: "204",
          responseParameters: {
            "method.response.header.Access-Control-Allow-Origin": "'https://demo.example.com'",
            "method.response.header.Access-Control-Allow-Methods": "'POST,OPTIONS'",
          },
        },
      },
    });
    const declared = Object.keys(options.responses[204].headers).map((name) => `method.response.header.${name}`);
    expect(declared).toEqual(Object.keys(options[INTEGRATION].responses.default.responseParameters));
  });

  test("with several origins passes preflights on to the gateway, which can check the origin", () => {
    const { options } = build({ corsOrigins: ["https://a.example.com", "https://b.example.com"] }).paths["/v1/models"];
    expect(options[INTEGRATION]).toMatchObject({ type: "http_proxy", httpMethod: "OPTIONS" });
    expect(options).not.toHaveProperty("security");
  });

  test("auth required: the key's header is the identity source, cached for a minute", () => {
    const document = build({ auth: "required" });
    expect(document["x-amazon-apigateway-api-key-source"]).toBe("AUTHORIZER");
    expect(document.components.securitySchemes.authorizer["x-amazon-apigateway-authorizer"]).toEqual({
      type: "request",
      authorizerUri: "arn:aws:apigateway:us-east-1:lambda:path/x/invocations",
      identitySource: "method.request.header.Authorization",
      authorizerResultTtlInSeconds: 60,
    });
  });

  test("auth optional: no identity source, so that requests without a key reach the authorizer, and no result is cached", () => {
    const { authorizer } = build({ auth: "optional" }).components.securitySchemes;
    expect(authorizer["x-amazon-apigateway-authorizer"]).not.toHaveProperty("identitySource");
    expect(authorizer["x-amazon-apigateway-authorizer"].authorizerResultTtlInSeconds).toBe(0);
  });

  test("where the key comes in one of two headers, the authorizer has no identity source, whatever auth is", () => {
    const { eitherHeaderAuthorizer } = build({ auth: "required" }).components.securitySchemes;
    expect(eitherHeaderAuthorizer["x-amazon-apigateway-authorizer"]).toEqual({
      type: "request",
      authorizerUri: "arn:aws:apigateway:us-east-1:lambda:path/x/invocations",
      authorizerResultTtlInSeconds: 0,
    });
  });

  test("auth off: no authorizer, no key source, no security anywhere", () => {
    const document = build({ auth: "off", authorizerUri: undefined });
    expect(document.components).toEqual({});
    expect(document).not.toHaveProperty("x-amazon-apigateway-api-key-source");
    expect(JSON.stringify(document.paths)).not.toContain('"security"');
  });

  test("requires authorizer and usage plan on every method except those of public pages and preflights", () => {
    const { paths } = build();
    for (const [path, item] of Object.entries<Json>(paths)) {
      for (const [method, operation] of Object.entries<Json>(item)) {
        const authorizer = path.startsWith("/v1/messages") ? "eitherHeaderAuthorizer" : "authorizer";
        const isOpen = ["/health", "/openapi.json", "/reference"].includes(path) || method === "options";
        expect(operation.security, `${method} ${path}`).toEqual(
          isOpen ? undefined : [{ [authorizer]: [], usagePlanKey: [] }],
        );
      }
    }
  });

  test("skips the check of the certificate's issuer only where there is no public certificate", () => {
    expect(build().paths["/health"].get[INTEGRATION]).not.toHaveProperty("tlsConfig");
    expect(build({ isPublicCertificate: false }).paths["/health"].get[INTEGRATION].tlsConfig).toEqual({
      insecureSkipVerification: true,
    });
  });

  test("holds no schemas of bodies, which API Gateway's models could not express", () => {
    expect(JSON.stringify(build())).not.toMatch(/#\/components\/schemas|anyOf|nullable/);
  });

  test("checks parameters but not bodies", () => {
    const document = build();
    expect(
      document["x-amazon-apigateway-request-validators"][document["x-amazon-apigateway-request-validator"]],
    ).toEqual({ validateRequestBody: false, validateRequestParameters: true });
  });
});
