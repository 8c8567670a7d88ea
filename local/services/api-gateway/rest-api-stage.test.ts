import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type IncomingMessage, type RequestListener, request as send } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { describe, expect, onTestFinished, test } from "vitest";
import { CLOSED_PORT } from "../../../test-support/closed-port.ts";
import type { JsonObject } from "../../template/json.ts";
import { call, serve, temporaryFolder } from "../../test/tools.ts";
import { Listener } from "../elb/listener.ts";
import { LambdaFunction } from "../lambda/lambda-function.ts";
import { WebAcl } from "../waf/web-acl.ts";
import { RequestAuthorizer } from "./request-authorizer.ts";
import { readDefinition } from "./rest-api-definition.ts";
import { RestApiStage, type RestApiStageOptions } from "./rest-api-stage.ts";
import { TokenBucket } from "./token-bucket.ts";
import { UsagePlans } from "./usage-plans.ts";

const integration = (path: string, other: JsonObject = {}): JsonObject => ({
  "x-amazon-apigateway-integration": {
    type: "http_proxy",
    uri: `https://lb.internal${path}`,
    integrationTarget: "arn:lb",
    requestParameters: {
      "integration.request.header.x-sluice-client-ip": "context.identity.sourceIp",
      "integration.request.header.x-sluice-request-id": "context.requestId",
    },
    ...other,
  },
});

const responses: JsonObject = {
  MISSING_AUTHENTICATION_TOKEN: { statusCode: 404, responseTemplates: { "application/json": '{"code":"not_found"}' } },
  DEFAULT_4XX: { responseTemplates: { "application/json": '{"code":"$context.error.responseType"}' } },
};

interface Setup extends Partial<RestApiStageOptions> {
  readonly paths?: JsonObject;
  readonly document?: JsonObject;
}

/** An API in front of `upstream`. @returns its port */
async function api(upstream: RequestListener | number, { paths, document, ...options }: Setup = {}): Promise<number> {
  const target = typeof upstream === "number" ? upstream : await serve(upstream);
  const definition = readDefinition({
    paths: paths ?? { "/{path+}": { "x-amazon-apigateway-any-method": integration("/{path}") } },
    "x-amazon-apigateway-gateway-responses": responses,
    ...document,
  });
  const stage = new RestApiStage({
    apiId: "api",
    stage: "live",
    region: "eu-west-1",
    definition,
    webAcl: undefined,
    authorizer: (name) => {
      throw new Error(`there is no authorizer ${name}`);
    },
    usagePlans: new UsagePlans(),
    throttle: undefined,
    listenerPort: (arn, port) => (arn === "arn:lb" && port === 443 ? target : undefined),
    ...options,
  });
  onTestFinished(() => stage.close());
  return serve((request, response) => void stage.handle(request, response));
}

/** Responds with the request that it received. */
const mirror: RequestListener = (request, response) => {
  response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers }));
};
const mirrored = async (port: number, path: string, headers = {}) =>
  JSON.parse((await call(port, path, { headers })).body);

describe("what the load balancer gets", () => {
  test("the stage stands before the path, whether the client wrote it or not; the query stays", async () => {
    const port = await api(mirror);
    expect((await mirrored(port, "/v1/models?limit=2")).url).toBe("/live/v1/models?limit=2");
    expect((await mirrored(port, "/live/v1/models")).url).toBe("/live/v1/models");
    expect((await mirrored(port, "/lively")).url).toBe("/live/lively");
  });

  test("a path with a slash at the end is the resource without it, and its integration's path has none", async () => {
    const any = (path: string) => ({ "x-amazon-apigateway-any-method": integration(path) });
    const port = await api(mirror, { paths: { "/keys": any("/keys"), "/keys/{id+}": any("/keys/{id}") } });
    expect([(await mirrored(port, "/live/keys/")).url, (await mirrored(port, "/live/keys/a")).url]).toEqual([
      "/live/keys",
      "/live/keys/a",
    ]);
    expect((await call(port, "/live/other/")).status).toBe(404);
  });

  test("parameters of the path reach the integration's path as the client wrote them", async () => {
    const paths = { "/v1/models/{model}": { get: integration("/models/{model}/card") } };
    expect((await mirrored(await api(mirror, { paths }), "/v1/models/a%2Fb")).url).toBe("/live/models/a%2Fb/card");
  });

  test("a greedy parameter of the path has slashes, in the integration's path too", async () => {
    const paths = {
      "/v1/models": { get: integration("/models") },
      "/v1/models/{model+}": { get: integration("/models/{model}") },
    };
    const url = async (path: string) => (await mirrored(await api(mirror, { paths }), path)).url;
    expect(await url("/v1/models/org/deep/name")).toBe("/live/models/org/deep/name");
    expect([await url("/v1/models/name"), await url("/v1/models")]).toEqual(["/live/models/name", "/live/models"]);
  });

  test("a forged client address is overwritten with the connection's", async () => {
    const { headers } = await mirrored(await api(mirror), "/x", { "X-Sluice-Client-Ip": "6.6.6.6" });
    expect(headers["x-sluice-client-ip"]).toBe("127.0.0.1");
  });

  test("the request id is the one that the client gets in the response", async () => {
    const port = await api(mirror);
    const { headers, body } = await call(port, "/x", { headers: { "x-sluice-request-id": "forged" } });
    expect(headers["x-amzn-requestid"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.parse(body).headers["x-sluice-request-id"]).toBe(headers["x-amzn-requestid"]);
  });

  test("static values and path parameters can be mapped to headers", async () => {
    const requestParameters = {
      "integration.request.header.x-kind": "'chat'",
      "integration.request.header.x-model": "method.request.path.model",
    };
    const paths = { "/{model}": { get: integration("/", { requestParameters }) } };
    const { headers } = await mirrored(await api(mirror, { paths }), "/phi");
    expect(headers).toMatchObject({ "x-kind": "chat", "x-model": "phi" });
  });
});

describe("the method of a request", () => {
  test("the named one, and the any-method for the rest", async () => {
    const paths = { "/x": { get: integration("/get"), "x-amazon-apigateway-any-method": integration("/any") } };
    const port = await api(mirror, { paths });
    expect(JSON.parse((await call(port, "/x")).body).url).toBe("/live/get");
    expect(JSON.parse((await call(port, "/x", { method: "DELETE" })).body)).toMatchObject({
      url: "/live/any",
      method: "DELETE",
    });
  });

  test("an unknown path or method is the gateway response MISSING_AUTHENTICATION_TOKEN", async () => {
    const port = await api(mirror, { paths: { "/x": { get: integration("/") } } });
    for (const [path, method] of [
      ["/y", "GET"],
      ["/x", "POST"],
      ["/", "GET"],
    ] as const) {
      const { status, body, headers } = await call(port, path, { method });
      expect({ status, body }).toEqual({ status: 404, body: '{"code":"not_found"}' });
      expect(headers["content-type"]).toBe("application/json");
    }
  });

  test("a mock responds without the load balancer", async () => {
    const mock = { type: "mock", responses: { default: { statusCode: "204" } } };
    const paths = { "/x": { options: { "x-amazon-apigateway-integration": mock } } };
    const { status, body } = await call(await api(CLOSED_PORT, { paths }), "/x", { method: "OPTIONS" });
    expect({ status, body }).toEqual({ status: 204, body: "" });
  });
});

describe("streams", () => {
  test("each chunk reaches the client before the next one is written", async () => {
    let end: (text: string) => void = () => {};
    const port = await api((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).write("data: 1\n\n");
      end = (text) => response.end(text);
    });
    const outgoing = send({ host: "127.0.0.1", port, path: "/x", agent: false }).end();
    const [received] = (await once(outgoing, "response")) as [IncomingMessage];
    expect(String((await once(received, "data"))[0])).toBe("data: 1\n\n");
    end("data: [DONE]\n\n");
    expect(String((await once(received, "data"))[0])).toBe("data: [DONE]\n\n");
  });

  test("a client that leaves aborts the work behind", async () => {
    const aborted = Promise.withResolvers<string>();
    const port = await api((_request, response) => {
      response.on("close", () => aborted.resolve("aborted"));
      response.writeHead(200).write("part");
    });
    const outgoing = send({ host: "127.0.0.1", port, path: "/x", agent: false }).end();
    outgoing.on("error", () => {});
    const [received] = (await once(outgoing, "response")) as [IncomingMessage];
    received.on("error", () => {});
    outgoing.destroy();
    expect(await aborted.promise).toBe("aborted");
  });
});

describe("when the load balancer does not respond", () => {
  test("the integration's timeout is the gateway response INTEGRATION_TIMEOUT", async () => {
    const paths = { "/x": { get: integration("/", { timeoutInMillis: 100 }) } };
    const { status, body } = await call(await api(() => {}, { paths }), "/x");
    expect({ status, body }).toEqual({ status: 504, body: '{"message":"Endpoint request timed out"}' });
  });

  // documented: no-gateway
  test("what a load balancer without gateways responds is passed on: its page with 503, and no Retry-After", async () => {
    const listener = await Listener.open({
      config: { default_action: { type: "forward", target_group_arn: "arn:gateways" } },
      idleTimeoutSeconds: 1,
      targetGroup: () => undefined,
    });
    onTestFinished(() => listener.close());
    const { status, headers, body } = await call(await api(listener.port), "/v1/models");
    expect([status, headers["content-type"], headers["retry-after"]]).toEqual([503, "text/html", undefined]);
    expect(body).toContain("503 Service Temporarily Unavailable");
  });

  test("a refused connection is INTEGRATION_FAILURE", async () => {
    const { status, body } = await call(await api(CLOSED_PORT), "/x");
    expect({ status, body }).toEqual({ status: 504, body: '{"message":"Network error communicating with endpoint"}' });
  });

  test("an integration without a listener is API_CONFIGURATION_ERROR", async () => {
    const { status } = await call(await api(mirror, { listenerPort: () => undefined }), "/x");
    expect(status).toBe(500);
  });
});

describe("access", () => {
  test("the web ACL comes first and has its own response", async () => {
    const rate = { aggregate_key_type: "IP", limit: 1 };
    const block = { custom_response: { response_code: 429, response_header: [{ name: "Retry-After", value: "60" }] } };
    const rule = { name: "r", priority: 0, statement: { rate_based_statement: rate }, action: { block } };
    const port = await api(mirror, { webAcl: new WebAcl({ rule: [rule] }) });
    expect((await call(port, "/x")).status).toBe(200);
    expect(await call(port, "/x")).toMatchObject({ status: 429, headers: { "retry-after": "60" } });
  });

  test("the stage's throttle is THROTTLED", async () => {
    const port = await api(mirror, { throttle: new TokenBucket(1, 1, () => 0) });
    await call(port, "/x");
    expect(await call(port, "/x")).toMatchObject({ status: 429, body: '{"code":"THROTTLED"}' });
  });

  test("a body that is announced as more than 10 MB is REQUEST_TOO_LARGE before it is sent", async () => {
    const port = await api(mirror);
    const socket = connect(port, "127.0.0.1");
    socket.write(`POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: ${10 * 1024 * 1024 + 1}\r\n\r\n`);
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    await once(socket, "close");
    expect(text).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close[\s\S]*REQUEST_TOO_LARGE/i);
  });

  test("a missing required parameter is BAD_REQUEST_PARAMETERS", async () => {
    const parameters = [
      { in: "header", name: "X-Team", required: true },
      { in: "query", name: "limit", required: true },
    ];
    const paths = { "/x": { get: { ...integration("/"), parameters } } };
    const document = {
      "x-amazon-apigateway-request-validators": { all: { validateRequestParameters: true } },
      "x-amazon-apigateway-request-validator": "all",
    };
    const port = await api(mirror, { paths, document });
    const headers = { "x-team": "a" };
    expect((await call(port, "/x?limit=1", { headers })).status).toBe(200);
    expect(await call(port, "/x?limit=1")).toMatchObject({ status: 400, body: '{"code":"BAD_REQUEST_PARAMETERS"}' });
    expect((await call(port, "/x", { headers })).status).toBe(400);
  });

  test("authorizer and usage plan decide together", async () => {
    const folder = temporaryFolder();
    const source = `exports.handler = async ({ headers: { authorization } }) => {
      if (authorization === "refused") throw new Error("Unauthorized");
      if (authorization === "broken") throw new Error("no table");
      const Effect = authorization === "denied" ? "Deny" : "Allow";
      const policyDocument = { Statement: [{ Effect, Resource: "*" }] };
      return { principalId: "p", policyDocument, usageIdentifierKey: authorization };
    };`;
    writeFileSync(join(folder, "bundle.zip"), zipSync({ "index.js": strToU8(source) }));
    const lambda = new LambdaFunction({
      name: "check",
      zip: join(folder, "bundle.zip"),
      handler: "index.handler",
      timeoutSeconds: 15,
      environment: {},
      workFolder: folder,
    });
    onTestFinished(() => lambda.stop());
    const settings = { lambdaArn: "arn:check", identityHeaders: ["authorization"], cacheSeconds: 0 };
    const authorizer = new RequestAuthorizer(settings, lambda, () => {});
    const usagePlans = new UsagePlans(() => 0);
    const quota = { limit: 1, period: "DAY" };
    usagePlans.addPlan("p", { api_stages: [{ api_id: "api", stage: "live" }], quota_settings: quota });
    usagePlans.addKey("k", "good");
    usagePlans.joinKey("k", "p");
    const uri = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:check/invocations";
    const extension = { type: "request", authorizerUri: uri, identitySource: "method.request.header.Authorization" };
    const securitySchemes = {
      keys: { type: "apiKey", "x-amazon-apigateway-authorizer": extension },
      plan: { type: "apiKey" },
    };
    const document = { components: { securitySchemes }, security: [{ keys: [], plan: [] }] };
    const port = await api(mirror, { document, authorizer: () => authorizer, usagePlans });
    const send = async (authorization?: string) => {
      const { status, body } = await call(port, "/x", { headers: authorization ? { authorization } : {} });
      return [status, JSON.parse(body).code ?? JSON.parse(body).message];
    };
    expect(await send()).toEqual([401, "UNAUTHORIZED"]);
    expect(await send("refused")).toEqual([401, "UNAUTHORIZED"]);
    expect(await send("denied")).toEqual([403, "ACCESS_DENIED"]);
    expect(await send("broken")).toEqual([500, "Internal server error"]);
    expect(await send("unknown")).toEqual([403, "INVALID_API_KEY"]);
    expect((await send("good"))[0]).toBe(200);
    expect(await send("good")).toEqual([429, "QUOTA_EXCEEDED"]);
  });
});
