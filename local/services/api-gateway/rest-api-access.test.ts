import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { describe, expect, onTestFinished, test } from "vitest";
import { call, temporaryFolder } from "../../test/tools.ts";
import { LambdaFunction } from "../lambda/lambda-function.ts";
import { WebAcl } from "../waf/web-acl.ts";
import { RequestAuthorizer } from "./request-authorizer.ts";
import { api, integration, mirror } from "./test/staged-api.ts";
import { TokenBucket } from "./token-bucket.ts";
import { UsagePlans } from "./usage-plans.ts";

describe("access to an API", () => {
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
