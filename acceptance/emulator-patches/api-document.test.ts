import { describe, expect, test } from "vitest";
import { apiGatewayDocument } from "../../contracts/openapi/api-gateway.ts";
import { parseObject } from "../aws-calls/call.ts";
import { apiParts } from "./api-document.ts";

const parts = (auth: "off" | "optional" | "required") =>
  apiParts(
    parseObject(
      JSON.stringify(
        apiGatewayDocument({
          title: "sluice",
          auth,
          controlApi: false,
          corsOrigins: ["*"],
          host: "api.example.com",
          isPublicCertificate: true,
          vpcLinkId: "link",
          loadBalancerArn: "arn:lb",
          authorizerUri: "arn:authorizer",
        }),
      ),
    ),
  );

describe("the parts of our API's document", () => {
  const { methods, authorizers, validators, gatewayResponses, apiKeySource } = parts("required");
  const method = (path: string, name: string) => methods.find((each) => each.path === path && each.httpMethod === name);

  test("has an authorizer with its identity source, and takes keys from it", () => {
    expect(authorizers).toEqual({
      authorizer: expect.objectContaining({
        type: "REQUEST",
        authorizerUri: "arn:authorizer",
        identitySource: "method.request.header.Authorization",
      }),
      eitherHeaderAuthorizer: expect.objectContaining({ type: "REQUEST", authorizerResultTtlInSeconds: 0 }),
    });
    expect(apiKeySource).toBe("AUTHORIZER");
    expect(parts("off")).toMatchObject({ authorizers: {}, apiKeySource: "HEADER" });
  });

  test("has methods with authorizer, key and validator, and public ones without", () => {
    expect(method("/v1/completions", "POST")).toMatchObject({
      authorizer: "authorizer",
      apiKeyRequired: true,
      validator: "parameters",
      integration: { type: "HTTP_PROXY", connectionType: "VPC_LINK", responseTransferMode: "STREAM" },
    });
    expect(method("/health", "GET")).toMatchObject({ authorizer: undefined, apiKeyRequired: false });
    expect(validators).toHaveProperty("parameters");
  });

  test("has any-methods as ANY, and path parameters with their location", () => {
    expect(method("/v1/models/{model+}", "ANY")?.requestParameters).toEqual({ "method.request.path.model": true });
  });

  test("has preflights with the response's status and headers", () => {
    const preflight = method("/v1/completions", "OPTIONS");
    expect(preflight?.integration).toMatchObject({ type: "MOCK", passthroughBehavior: "WHEN_NO_MATCH" });
    expect(preflight?.responses["204"]).toContain("Access-Control-Allow-Origin");
    expect(preflight?.integrationResponses["204"]).toHaveProperty("responseParameters");
  });

  test("has every gateway response", () => {
    expect(gatewayResponses).toHaveProperty(["THROTTLED", "responseTemplates"]);
  });
});
