import { describe, expect, test } from "vitest";
import { completion, post, startTestGateway } from "../test/test-gateway.ts";

const origin = "https://demo.example.com";

describe("pages of other origins", () => {
  // documented: cors-on-every-response
  test("may read every response, errors and streams included, when all origins are allowed", async () => {
    const { url } = await startTestGateway();
    const responses = [
      await fetch(`${url}/v1/models`, { headers: { origin } }),
      await fetch(`${url}/nowhere`, { headers: { origin } }),
      await fetch(`${url}/health`, { headers: { origin } }),
      await post(url, "/v1/completions", "{", { origin }),
      await post(url, "/v1/completions", completion({ stream: true }), { origin }),
      await post(url, "/v1/completions", "x".repeat(200_000), { origin }),
    ];
    for (const response of responses) {
      expect(response.headers.get("access-control-allow-origin")).toBe("*");
      expect(response.headers.get("access-control-expose-headers")).toContain("retry-after");
      await response.text();
    }
  });

  test("have the list of headers that they may read, and callers that are no pages have not, as caches are told", async () => {
    const { url } = await startTestGateway();
    const [page, program] = [await fetch(`${url}/health`, { headers: { origin } }), await fetch(`${url}/health`)];
    const of = ({ headers }: Response) =>
      ["access-control-allow-origin", "access-control-expose-headers", "vary"].map((name) => headers.get(name));
    expect(of(page)).toEqual(["*", expect.stringContaining("x-request-id"), "origin"]);
    expect(of(program)).toEqual(["*", null, "origin"]);
  });

  test("are refused when they are not on the list of allowed origins", async () => {
    const { url } = await startTestGateway({ config: { corsOrigins: [origin] } });
    const allowed = await fetch(`${url}/nowhere`, { headers: { origin } });
    expect(allowed.headers.get("access-control-allow-origin")).toBe(origin);
    expect(allowed.headers.get("vary")).toBe("origin");
    for (const headers of [
      { origin: "https://evil.example.com" },
      { origin: `${origin}.evil.example.com` },
      undefined,
    ]) {
      const refused = await fetch(`${url}/v1/models`, headers === undefined ? {} : { headers });
      expect(refused.headers.get("access-control-allow-origin")).toBeNull();
      expect(refused.headers.get("vary")).toBe("origin");
    }
  });

  test("get 204 with the allowed methods and headers for a preflight request, without limit and without key", async () => {
    const { url } = await startTestGateway({ config: { requestsPerMinutePerIp: 1, auth: "required" } });
    for (let index = 0; index < 3; index++) {
      const response = await fetch(`${url}/live/v1/chat/completions`, {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization" },
      });
      expect(response.status).toBe(204);
      expect(response.headers.get("access-control-allow-origin")).toBe("*");
      expect(response.headers.get("access-control-allow-methods")).toContain("POST");
      expect(response.headers.get("access-control-allow-headers")).toContain("authorization");
      expect(response.headers.get("access-control-max-age")).toBe("7200");
    }
  });

  test("may send every header that the SDKs add to calls, streams, uploads and polls", async () => {
    const { url } = await startTestGateway();
    const response = await fetch(`${url}/v1/chat/completions`, { method: "OPTIONS", headers: { origin } });
    const allowed = response.headers.get("access-control-allow-headers")?.split(", ");
    const added = [
      ...["arch", "async", "custom-poll-interval", "helper", "helper-method", "lang", "os", "package-version"],
      ...["poll-helper", "retry-count", "runtime", "runtime-version", "timeout"],
    ].map((name) => `x-stainless-${name}`);
    const others = ["idempotency-key", "openai-organization", "openai-project", "openai-beta"];
    const anthropic = ["anthropic-version", "anthropic-beta", "anthropic-dangerous-direct-browser-access", "x-api-key"];
    expect(allowed).toEqual(expect.arrayContaining([...added, ...others, ...anthropic]));
  });
});
