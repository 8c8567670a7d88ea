import { writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { describe, expect, onTestFinished, test } from "vitest";
import { call, serve, temporaryFolder } from "../../test/tools.ts";
import { LambdaFunction } from "../lambda/lambda-function.ts";
import { RequestAuthorizer } from "./request-authorizer.ts";

/**
 * Returns a policy by the credential; `calls` in a policy's key counts the invocations. The cases differ in the
 * credential only.
 */
const SOURCE = `
let calls = 0;
const policy = (Statement, more) => ({ principalId: "p", policyDocument: { Version: "2012-10-17", Statement }, ...more });
exports.handler = async (event) => {
  calls += 1;
  const all = { Effect: "Allow", Action: "execute-api:Invoke", Resource: "*" };
  switch (event.headers.authorization ?? "none") {
    case "deny": return policy([{ ...all, Effect: "Deny" }]);
    case "deny-wins": return policy([all, { ...all, Effect: "Deny" }]);
    case "models-only": return policy([{ ...all, Resource: event.methodArn.replace(/GET.*$/, "GET/v1/models*") }]);
    case "one-statement": return policy(all, { usageIdentifierKey: "single" });
    case "refuse": throw new Error("Unauthorized");
    case "break": throw new Error("no table");
    case "no-policy": return { principalId: "p" };
    case "event": return policy([all], { usageIdentifierKey: JSON.stringify(event) });
    default: return policy([all], { usageIdentifierKey: String(calls) });
  }
};`;

interface Setup {
  readonly identityHeaders?: readonly string[];
  readonly cacheSeconds?: number;
  readonly now?: () => number;
}

function authorizer({ identityHeaders = ["authorization"], cacheSeconds = 0, now }: Setup = {}) {
  const folder = temporaryFolder();
  const zip = join(folder, "bundle.zip");
  writeFileSync(zip, zipSync({ "index.js": strToU8(SOURCE) }));
  const lambda = new LambdaFunction({
    name: "check",
    zip,
    handler: "index.handler",
    timeoutSeconds: 15,
    environment: {},
    workFolder: join(folder, "work"),
  });
  onTestFinished(() => lambda.stop());
  const reports: string[] = [];
  const settings = { lambdaArn: "arn", identityHeaders, cacheSeconds };
  const created = new RequestAuthorizer(settings, lambda, (line) => reports.push(line), now);
  /** Sends a real request with this credential and returns the authorizer's verdict. */
  const authorize = async (credential: string | undefined, path = "/v1/models") => {
    let pending: Promise<unknown> | undefined;
    const port = await serve((request: IncomingMessage, response) => {
      pending = created.authorize({
        request,
        apiId: "api",
        stage: "live",
        region: "eu-west-1",
        resource: path,
        path,
        pathParameters: { model: "phi" },
        requestId: "id-1",
        sourceIp: "10.0.0.9",
      });
      response.end();
    });
    await call(port, path, { headers: credential === undefined ? {} : { authorization: credential } });
    return pending;
  };
  return { authorize, reports };
}

describe("the function's result", () => {
  test("a policy that allows lets through, with the key of the usage plan", async () => {
    const { authorize } = authorizer();
    expect(await authorize("fine")).toEqual({ verdict: "allowed", usageIdentifierKey: "1" });
    expect(await authorize("one-statement")).toEqual({ verdict: "allowed", usageIdentifierKey: "single" });
  });

  test("a policy that denies, or does not name the method, denies", async () => {
    const { authorize } = authorizer();
    expect(await authorize("deny")).toEqual({ verdict: "denied" });
    expect(await authorize("models-only", "/v1/models/phi")).toMatchObject({ verdict: "allowed" });
    expect(await authorize("models-only", "/v1/chat/completions")).toEqual({ verdict: "denied" });
  });

  test("one denial outweighs any permission", async () => {
    expect(await authorizer().authorize("deny-wins")).toEqual({ verdict: "denied" });
  });

  test("the error Unauthorized is a refusal, and is not reported", async () => {
    const { authorize, reports } = authorizer();
    expect(await authorize("refuse")).toEqual({ verdict: "unauthorized" });
    expect(reports).toEqual([]);
  });

  test("any other error is a failure and is reported with its message", async () => {
    const { authorize, reports } = authorizer();
    expect(await authorize("break")).toEqual({ verdict: "failed" });
    expect(reports).toEqual(["authorizer: no table"]);
  });

  test("a result that is no policy is a failure, reported, and not cached", async () => {
    const { authorize, reports } = authorizer({ cacheSeconds: 300 });
    expect(await authorize("no-policy")).toEqual({ verdict: "failed" });
    expect(await authorize("no-policy")).toEqual({ verdict: "failed" });
    expect(reports).toEqual(Array(2).fill("authorizer: the function's result is not a policy"));
  });
});

describe("the event of the function", () => {
  test("the event has the shape of API Gateway's REQUEST authorizers", async () => {
    const response = await authorizer().authorize("event", "/v1/models/phi");
    const { usageIdentifierKey } = response as { usageIdentifierKey: string };
    expect(JSON.parse(usageIdentifierKey)).toMatchObject({
      type: "REQUEST",
      methodArn: "arn:aws:execute-api:eu-west-1:000000000000:api/live/GET/v1/models/phi",
      path: "/v1/models/phi",
      httpMethod: "GET",
      headers: { authorization: "event" },
      pathParameters: { model: "phi" },
      requestContext: { stage: "live", path: "/live/v1/models/phi", identity: { sourceIp: "10.0.0.9" } },
    });
  });

  test("a request without the identity source is refused without calling the function", async () => {
    const { authorize } = authorizer();
    expect(await authorize(undefined)).toEqual({ verdict: "unauthorized" });
    expect(await authorize("")).toEqual({ verdict: "unauthorized" });
    expect(await authorize("first")).toMatchObject({ usageIdentifierKey: "1" });
  });

  test("without an identity source in the settings, the function decides about any request", async () => {
    expect(await authorizer({ identityHeaders: [] }).authorize(undefined)).toMatchObject({ verdict: "allowed" });
  });
});

describe("the cache", () => {
  test("is cached for a credential until the time to live has passed", async () => {
    let now = 0;
    const { authorize } = authorizer({ cacheSeconds: 60, now: () => now });
    expect(await authorize("one")).toMatchObject({ usageIdentifierKey: "1" });
    now = 59_999;
    expect(await authorize("one")).toMatchObject({ usageIdentifierKey: "1" });
    now = 60_000;
    expect(await authorize("one")).toMatchObject({ usageIdentifierKey: "2" });
  });

  test("is apart for each credential", async () => {
    const { authorize } = authorizer({ cacheSeconds: 60, now: () => 0 });
    expect(await authorize("one")).toMatchObject({ usageIdentifierKey: "1" });
    expect(await authorize("two")).toMatchObject({ usageIdentifierKey: "2" });
  });

  test("caches the policy, which is then read for each method", async () => {
    const { authorize } = authorizer({ cacheSeconds: 60, now: () => 0 });
    expect(await authorize("models-only", "/v1/models")).toMatchObject({ verdict: "allowed" });
    expect(await authorize("models-only", "/v1/completions")).toEqual({ verdict: "denied" });
  });

  test("does not exist with a time to live of 0, or without an identity source", async () => {
    const uncached = authorizer({ cacheSeconds: 0 });
    await uncached.authorize("one");
    expect(await uncached.authorize("one")).toMatchObject({ usageIdentifierKey: "2" });
    const anonymous = authorizer({ cacheSeconds: 60, identityHeaders: [] });
    await anonymous.authorize(undefined);
    expect(await anonymous.authorize(undefined)).toMatchObject({ usageIdentifierKey: "2" });
  });
});
