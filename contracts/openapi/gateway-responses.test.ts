import { describe, expect, test } from "vitest";
import { MessagesErrorBody } from "../api/messages.ts";
import { gatewayResponses } from "./gateway-responses.ts";

const responses = gatewayResponses("required", ["*"]);
const body = (type: string) => JSON.parse(responses[type]!.responseTemplates["application/json"]).error;
const header = (type: string, name: string) => responses[type]!.responseParameters[`gatewayresponse.header.${name}`];

describe("API Gateway's own errors", () => {
  test.each([
    ["UNAUTHORIZED", "401", "invalid_api_key", undefined],
    ["INVALID_API_KEY", "401", "invalid_api_key", undefined],
    ["ACCESS_DENIED", "403", "permission_denied", undefined],
    ["MISSING_AUTHENTICATION_TOKEN", "404", "not_found", undefined],
    ["RESOURCE_NOT_FOUND", "404", "not_found", undefined],
    ["REQUEST_TOO_LARGE", "413", "request_too_large", undefined],
    ["UNSUPPORTED_MEDIA_TYPE", "415", "unsupported_media_type", undefined],
    ["BAD_REQUEST_PARAMETERS", "400", "invalid_request", undefined],
    ["THROTTLED", "429", "rate_limit_exceeded", "'1'"],
    ["QUOTA_EXCEEDED", "429", "rate_limit_exceeded", "'3600'"],
    ["WAF_FILTERED", "429", "rate_limit_exceeded", "'60'"],
    ["AUTHORIZER_FAILURE", "503", "auth_unavailable", "'2'"],
    ["AUTHORIZER_CONFIGURATION_ERROR", "500", "internal_error", undefined],
    ["INTEGRATION_FAILURE", "503", "model_unavailable", "'30'"],
    ["API_CONFIGURATION_ERROR", "503", "model_unavailable", "'30'"],
    ["INTEGRATION_TIMEOUT", "504", "timeout", undefined],
  ])("%s becomes %s %s", (type, statusCode, code, retryAfter) => {
    expect(responses[type]!.statusCode).toBe(statusCode);
    expect(body(type).code).toBe(code);
    expect(header(type, "Retry-After")).toBe(retryAfter);
  });

  test("the two default responses keep API Gateway's own status", () => {
    expect(responses.DEFAULT_4XX).not.toHaveProperty("statusCode");
    expect(responses.DEFAULT_5XX).not.toHaveProperty("statusCode");
  });

  test("each has the request id and can be read by the page's script", () => {
    for (const type of Object.keys(responses)) {
      expect(header(type, "x-request-id")).toBe("context.requestId");
      expect(header(type, "Access-Control-Allow-Origin")).toBe("'*'");
      expect(header(type, "Access-Control-Expose-Headers")).toContain("retry-after");
    }
  });

  test("no body holds a special character of API Gateway's template language, except for the request's id", () => {
    for (const { responseTemplates } of Object.values(responses)) {
      expect(responseTemplates["application/json"].replace('"$context.requestId"', "")).not.toMatch(/[$#]/);
    }
  });

  test("each is an error of OpenAI's form and of Anthropic's at once, as one body serves all paths", () => {
    for (const { responseTemplates } of Object.values(responses)) {
      const body: unknown = JSON.parse(responseTemplates["application/json"]);
      const text: unknown = expect.any(String);
      expect(body).toMatchObject({ error: { message: text, type: text, param: null, code: text } });
      expect(MessagesErrorBody.safeParse(body).success).toBe(true);
    }
  });

  test("they have the fields that Anthropic's SDKs read, too", () => {
    for (const { responseTemplates } of Object.values(responses))
      expect(JSON.parse(responseTemplates["application/json"])).toMatchObject({
        type: "error",
        request_id: "$context.requestId",
        error: { type: expect.any(String), message: expect.any(String) },
      });
  });

  test("401 names a missing key only where a key is required", () => {
    expect(body("UNAUTHORIZED").message).toMatch(/missing or not valid/);
    const optional = gatewayResponses("optional", ["*"]).UNAUTHORIZED!.responseTemplates["application/json"];
    expect(JSON.parse(optional).error.message).not.toMatch(/missing/);
  });

  test("with several origins errors may be read from any origin, for they hold no private data", () => {
    const several = gatewayResponses("off", ["https://a.example.com", "https://b.example.com"]);
    expect(several.THROTTLED!.responseParameters["gatewayresponse.header.Access-Control-Allow-Origin"]).toBe("'*'");
  });

  test("an unknown path gets the list of versions, under each of API Gateway's names of that error", () => {
    const responses = gatewayResponses("off", ["*"]);
    for (const type of ["MISSING_AUTHENTICATION_TOKEN", "INVALID_SIGNATURE", "RESOURCE_NOT_FOUND"]) {
      const { error } = JSON.parse(responses[type]?.responseTemplates["application/json"] ?? "{}");
      expect(error.message).toContain("The API's versions are /v1");
    }
  });
});
