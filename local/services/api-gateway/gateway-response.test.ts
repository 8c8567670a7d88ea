import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../template/json.ts";
import { type GatewayResponseType, gatewayResponse } from "./gateway-response.ts";
import { readDefinition } from "./rest-api-definition.ts";

function respond(type: GatewayResponseType, responses: JsonObject = {}, message?: string) {
  const definition = readDefinition({ "x-amazon-apigateway-gateway-responses": responses });
  return gatewayResponse(definition, type, { requestId: "id-1", ...(message === undefined ? {} : { message }) });
}

describe("without a gateway response of the API's", () => {
  test.each([
    ["MISSING_AUTHENTICATION_TOKEN", 403, "Missing Authentication Token"],
    ["UNAUTHORIZED", 401, "Unauthorized"],
    ["THROTTLED", 429, "Too Many Requests"],
    ["QUOTA_EXCEEDED", 429, "Limit Exceeded"],
    ["REQUEST_TOO_LARGE", 413, "Request Too Long"],
    ["INTEGRATION_TIMEOUT", 504, "Endpoint request timed out"],
  ] as const)("%s is %i with AWS's message", (type, status, message) => {
    expect(respond(type)).toEqual({
      status,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ message }),
    });
  });
});

describe("with gateway responses of the API's", () => {
  test("a status of theirs wins over the default one", () => {
    expect(respond("MISSING_AUTHENTICATION_TOKEN", { MISSING_AUTHENTICATION_TOKEN: { statusCode: 404 } }).status).toBe(
      404,
    );
  });

  test("headers are static in quotes, or from the context", () => {
    const responseParameters = {
      "gatewayresponse.header.Retry-After": "'1'",
      "gatewayresponse.header.X-Request-Id": "context.requestId",
    };
    expect(respond("THROTTLED", { THROTTLED: { responseParameters } }).headers).toEqual({
      "content-type": "application/json",
      "retry-after": "1",
      "x-request-id": "id-1",
    });
  });

  test("templates are filled from the context; the quoted message stays valid JSON", () => {
    const template =
      '{"error":{"message":$context.error.messageString,"type":"$context.error.responseType"},"id":"$context.requestId"}';
    const responses = { BAD_REQUEST_PARAMETERS: { responseTemplates: { "application/json": template } } };
    expect(JSON.parse(respond("BAD_REQUEST_PARAMETERS", responses, 'parameter "x" is missing').body)).toEqual({
      error: { message: 'parameter "x" is missing', type: "BAD_REQUEST_PARAMETERS" },
      id: "id-1",
    });
  });

  test("a variable that the context lacks is empty", () => {
    const responses = { THROTTLED: { responseTemplates: { "application/json": "[$context.identity.sourceIp]" } } };
    expect(respond("THROTTLED", responses).body).toBe("[]");
  });

  test("a variable at the end of a sentence is filled, and the full stop stays", () => {
    const responses = { THROTTLED: { responseTemplates: { "application/json": "Ask about $context.requestId." } } };
    expect(respond("THROTTLED", responses).body).toBe("Ask about id-1.");
  });

  test("DEFAULT_4XX and DEFAULT_5XX shape the kinds that have none of their own", () => {
    const body = (text: string) => ({ responseTemplates: { "application/json": text } });
    const responses = { DEFAULT_4XX: body("four"), DEFAULT_5XX: body("five"), THROTTLED: body("own") };
    expect(respond("UNAUTHORIZED", responses)).toMatchObject({ status: 401, body: "four" });
    expect(respond("AUTHORIZER_FAILURE", responses)).toMatchObject({ status: 500, body: "five" });
    expect(respond("THROTTLED", responses)).toMatchObject({ status: 429, body: "own" });
  });
});
