import { describe, expect, test, vi } from "vitest";
import { apiGatewayDocument } from "../../contracts/openapi/api-gateway.ts";
import { loadEnvironment } from "../../environments/load.ts";
import { serve } from "../../local/test/tools.ts";
import type { Environment } from "../../settings/environment.ts";
import { stubLocalCredentials } from "../test/local-credentials.ts";
import { integrationChecks } from "./integration-check.ts";
import { integrationFacts } from "./integration-facts.ts";

stubLocalCredentials();
const dev = await loadEnvironment("dev");
const LOAD_BALANCER = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/sluice-dev/1";

type Integration = Readonly<Record<string, unknown>>;
/** The resources of API Gateway after an import of dev's document; `edit` is what the import does to an integration. */
function imported(edit: (integration: Integration, method: string, path: string) => Integration | undefined) {
  const { paths } = apiGatewayDocument({
    ...{ title: "sluice-dev", auth: dev.api.auth, controlApi: false, corsOrigins: dev.api.corsOrigins },
    ...{ host: "gateway.example.com", isPublicCertificate: false, vpcLinkId: "abc123", loadBalancerArn: LOAD_BALANCER },
    authorizerUri: "arn:aws:apigateway:us-east-1:lambda:path/f",
  }) as { readonly paths: Readonly<Record<string, Readonly<Record<string, Integration>>>> };
  return Object.entries(paths).map(([path, methods], index) => ({
    id: `r${index}`,
    path,
    resourceMethods: Object.fromEntries(
      Object.entries(methods).map(([key, operation]) => {
        const method = key === "x-amazon-apigateway-any-method" ? "ANY" : key.toUpperCase();
        const integration = operation["x-amazon-apigateway-integration"] as Integration;
        return [method, { httpMethod: method, methodIntegration: edit(integration, method, path) }];
      }),
    ),
  }));
}

async function finding(environment: Environment, resources: ReturnType<typeof imported>, name = "sluice-dev") {
  const urls: string[] = [];
  const port = await serve((request, response) => {
    urls.push(request.url ?? "");
    const isList = request.url?.startsWith("/restapis?");
    response.end(
      JSON.stringify(
        isList
          ? {
              item: [
                { id: "a1", name: "other" },
                { id: "b2", name },
              ],
            }
          : { item: resources },
      ),
    );
  });
  vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${port}`);
  const [check] = integrationChecks(environment, integrationFacts({ region: "us-east-1" }));
  const found = await check?.run(new AbortController().signal);
  return { ...found, urls };
}

const same = (integration: Integration) => integration;
const without = (name: string) => (integration: Integration) =>
  Object.fromEntries(Object.entries(integration).filter(([each]) => each !== name));

describe("verify, about the integrations that API Gateway imported", () => {
  // documented: verify-integrations
  test("finds nothing where they are as in the document", async () => {
    const { level, text, urls } = await finding(dev, imported(same));
    expect([level, text]).toEqual(["ok", expect.stringMatching(/^\d+, as in the API's document$/)]);
    expect(urls).toEqual(["/restapis?limit=500", "/restapis/b2/resources?embed=methods&limit=500"]);
  });

  test.each([
    ["integrationTarget", /has integrationTarget not at all, not the load balancer, and \d+ more/],
    ["responseTransferMode", /has responseTransferMode not at all, not STREAM, and \d+ more/],
    ["timeoutInMillis", /has timeoutInMillis not at all, not 900000, and \d+ more/],
    ["tlsConfig", /has tlsConfig\/insecureSkipVerification not at all, not true, and \d+ more/],
  ])("fails where the import dropped %s, with the command that sets it", async (name, text) => {
    const { level, text: reported, remedy } = await finding(dev, imported(without(name)));
    expect([level, reported]).toEqual(["fail", expect.stringMatching(text)]);
    expect(remedy).toMatch(
      /aws apigateway update-integration --rest-api-id b2 --resource-id r\d+ .*--patch-operations op=replace,path=\//,
    );
  });

  test("fails where one integration alone has another value, and where a method is missing", async () => {
    const isChat = (method: string, path: string) => method === "POST" && path === "/v1/chat/completions";
    const buffered = imported((integration, method, path) =>
      isChat(method, path) ? { ...integration, responseTransferMode: "BUFFERED" } : integration,
    );
    expect((await finding(dev, buffered)).text).toBe(
      "POST /v1/chat/completions has responseTransferMode BUFFERED, not STREAM: the import dropped it",
    );
    const missing = imported((integration, method, path) => (isChat(method, path) ? undefined : integration));
    expect((await finding(dev, missing)).text).toBe("POST /v1/chat/completions is missing: the import dropped it");
  });

  test("fails where there is no API of the environment's name, and looks for none behind a load balancer", async () => {
    expect(await finding(dev, [], "sluice-prod")).toMatchObject({
      level: "fail",
      text: "there is no REST API sluice-dev",
    });
    const alb: Environment = { ...dev, api: { ...dev.api, entry: "alb" } };
    expect(integrationChecks(alb, integrationFacts({ region: "us-east-1" }))).toEqual([]);
  });
});
