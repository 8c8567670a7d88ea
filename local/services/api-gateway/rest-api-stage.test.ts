import { once } from "node:events";
import { type IncomingMessage, request as send } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import { CLOSED_PORT } from "../../../test-support/closed-port.ts";
import { call } from "../../test/tools.ts";
import { Listener } from "../elb/listener.ts";
import { api, integration, mirror } from "./test/staged-api.ts";

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
