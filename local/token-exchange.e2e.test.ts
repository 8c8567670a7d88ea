import OpenAI from "openai";
import { k8sServiceAccountTokenProvider } from "openai/auth/subject-token-providers";
import { describe, expect, onTestFinished, test } from "vitest";
import type { WorkloadPolicy } from "../contracts/processes/workloads.ts";
import { loadEnvironment } from "../environments/load.ts";
import { githubClaims, type LocalIssuer, startIssuer } from "../lambdas/exchange-token/test/local-issuer.ts";
import { isRecord } from "../lib/is-record.ts";
import type { Environment } from "../settings/environment.ts";
import { startFakeEngine } from "../test-support/fake-engine.ts";
import { startedTwin } from "./test/started-twin.ts";

const dev = await loadEnvironment("dev");
const domain = { name: "api.example.com", hostedZoneId: "Z0123456789" };
const AUDIENCE = "https://api.example.com";
const OPENAI_ADDRESS = "https://auth.openai.com/oauth/token";

/** The synthesized stacks with a token exchange, its function included. */
async function started(
  api: Partial<Environment["api"]>,
  workloads: (issuer: LocalIssuer) => readonly WorkloadPolicy[],
) {
  const engine = await startFakeEngine();
  onTestFinished(() => engine.stop());
  const issuer = await startIssuer();
  const environment = {
    ...dev,
    api: { ...dev.api, auth: "required" as const, ...api },
    identity: { ...dev.identity, workloads: workloads(issuer) },
  };
  const { runtime } = await startedTwin(environment, { SLUICE_ENGINE_URL: engine.origin });
  return { issuer, apiUrl: runtime.settings.apiUrl };
}

/** The official client, with the address of its token exchange replaced: it is fixed in the client. */
function client(apiUrl: string, issuer: LocalIssuer, serviceAccountId: string, getToken: () => Promise<string>) {
  const exchanges: number[] = [];
  const sdk = new OpenAI({
    baseURL: `${apiUrl}/v1`,
    maxRetries: 0,
    workloadIdentity: {
      identityProviderId: issuer.issuer,
      serviceAccountId,
      provider: { tokenType: "jwt", getToken },
    },
    fetch: async (url, init) => {
      if (String(url) !== OPENAI_ADDRESS) return await fetch(url, init);
      const response = await fetch(`${apiUrl}/oauth/token`, init);
      exchanges.push(response.status);
      return response;
    },
  });
  return { sdk, exchanges };
}

const generate = (sdk: OpenAI) =>
  sdk.chat.completions.create({ model: "phi-3-mini", messages: [{ role: "user", content: "x" }] });

const nightly = (issuer: LocalIssuer): WorkloadPolicy => ({
  name: "nightly",
  issuer: issuer.issuer,
  audience: AUDIENCE,
  claims: { sub: "repo:acme/*" },
});

describe.each<[string, Partial<Environment["api"]>]>([
  ["API Gateway", {}],
  ["a public load balancer", { entry: "alb", domain, usagePlans: {} }],
])("the token exchange behind %s", (_, api) => {
  // documented: workload-identity-openai-sdk
  test("OpenAI's client signs in with a job's token, generates with one exchange, and is refused for another owner", async () => {
    const { issuer, apiUrl } = await started(api, (from) => [nightly(from)]);
    const job = client(apiUrl, issuer, "nightly", async () => issuer.token(githubClaims("acme/app")));
    for (let index = 0; index < 3; index++) expect((await generate(job.sdk)).choices).toHaveLength(1);
    expect(job.exchanges).toEqual([200]);

    const stranger = client(apiUrl, issuer, "nightly", async () => issuer.token(githubClaims("acme-evil/app")));
    await expect(generate(stranger.sdk)).rejects.toMatchObject({ status: 400, error_code: "invalid_grant" });
    const once = issuer.token(githubClaims("acme/app"));
    const first = client(apiUrl, issuer, "nightly", async () => once);
    const second = client(apiUrl, issuer, "nightly", async () => once);
    await generate(first.sdk);
    await expect(generate(second.sdk)).rejects.toMatchObject({ status: 400, error_code: "invalid_grant" });
  });
});

describe("a token exchange of the twin", () => {
  test("a pod's mounted token may be used again where the policy allows it, and a form is accepted as JSON is", async () => {
    const { issuer, apiUrl } = await started({}, (from) => [
      { ...nightly(from), name: "pod", claims: { sub: "system:serviceaccount:jobs:*" }, reuse: "allowed" },
    ]);
    const token = issuer.token({ sub: "system:serviceaccount:jobs:report", aud: [AUDIENCE] }, { typ: undefined });
    const { getToken } = k8sServiceAccountTokenProvider("token", { readFile: async () => `${token}\n` });
    const [one, two] = [client(apiUrl, issuer, "pod", getToken), client(apiUrl, issuer, "pod", getToken)];
    expect((await generate(one.sdk)).choices).toHaveLength(1);
    expect((await generate(two.sdk)).choices).toHaveLength(1);

    const response = await fetch(`${apiUrl}/oauth/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        subject_token: token,
        subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      }),
    });
    expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
    expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    const body: unknown = await response.json();
    const key = isRecord(body) ? String(body.access_token) : "";
    const models = await fetch(`${apiUrl}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
    expect(models.status).toBe(200);
  });

  test("is not there without a policy", async () => {
    const { apiUrl } = await started({}, () => []);
    const response = await fetch(`${apiUrl}/oauth/token`, { method: "POST", body: "grant_type=x" });
    expect([403, 404]).toContain(response.status);
  });
});
