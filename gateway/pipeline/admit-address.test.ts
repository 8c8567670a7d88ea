import { describe, expect, test } from "vitest";
import { CLIENT_IP_HEADER } from "../../contracts/api/headers.ts";
import { newApiKey } from "../../domain/keys/api-key.ts";
import { errorOf, post, startTestGateway } from "../test/test-gateway.ts";

describe("the limit per address", () => {
  test("request 101 in a minute is 429 with Retry-After, and passes when that time is over", async () => {
    let now = 1000;
    const { url } = await startTestGateway({ config: { requestsPerMinutePerIp: 100 }, clock: () => now });
    const send = () => fetch(`${url}/v1/models`);
    const first = await send();
    expect(first.headers.get("x-ratelimit-limit-requests")).toBe("100");
    expect(first.headers.get("x-ratelimit-remaining-requests")).toBe("99");
    expect(first.headers.get("x-ratelimit-reset-requests")).toBe("60s");
    now += 20_000;
    for (let index = 2; index <= 100; index++) expect((await send()).status).toBe(200);
    const refused = await send();
    expect(refused.headers.get("retry-after")).toBe("40");
    expect(refused.headers.get("x-ratelimit-remaining-requests")).toBe("0");
    const error = await errorOf(refused, 429, "rate_limit_exceeded");
    expect(error.type).toBe("rate_limit_error");
    now += 40_000;
    expect((await send()).status).toBe(200);
    expect((await send()).status).toBe(429);
  });

  test("requests that fail count too, those to /health do not", async () => {
    const { url } = await startTestGateway({ config: { requestsPerMinutePerIp: 3 } });
    for (let index = 0; index < 5; index++) expect((await fetch(`${url}/health`)).status).toBe(200);
    for (let index = 0; index < 3; index++) expect((await post(url, "/v1/completions", "{")).status).toBe(400);
    expect((await post(url, "/v1/completions", "{")).status).toBe(429);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  // documented: client-address
  test("the address comes from the edge; a header that a client can write is ignored", async () => {
    const { url } = await startTestGateway({ config: { requestsPerMinutePerIp: 1 } });
    const send = async (headers: Record<string, string>) => (await fetch(`${url}/v1/models`, { headers })).status;
    expect(await send({ [CLIENT_IP_HEADER]: "203.0.113.1" })).toBe(200);
    expect(await send({ [CLIENT_IP_HEADER]: "203.0.113.2" })).toBe(200);
    expect(await send({ [CLIENT_IP_HEADER]: "203.0.113.1", "x-forwarded-for": "198.51.100.9" })).toBe(429);
    expect(await send({ [CLIENT_IP_HEADER]: "203.0.113.1", forwarded: "for=198.51.100.9" })).toBe(429);
  });

  test("without the edge's header the peer of the connection counts, whatever it claims", async () => {
    const { url } = await startTestGateway({ config: { requestsPerMinutePerIp: 1 } });
    const send = async (headers: Record<string, string>) => (await fetch(`${url}/v1/models`, { headers })).status;
    expect(await send({})).toBe(200);
    expect(await send({ "x-forwarded-for": "198.51.100.9" })).toBe(429);
    expect(await send({ [CLIENT_IP_HEADER]: "not an address" })).toBe(429);
  });

  // documented: trusted-addresses
  test("an address in a trusted range has no limit, the one beside it has", async () => {
    const config = { requestsPerMinutePerIp: 1, trustedAddresses: ["203.0.113.0/29"] };
    const { url } = await startTestGateway({ config });
    const send = (ip: string) => fetch(`${url}/v1/models`, { headers: { [CLIENT_IP_HEADER]: ip } });
    for (let index = 0; index < 5; index++) {
      const response = await send("203.0.113.7");
      expect(response.status).toBe(200);
      expect(response.headers.has("x-ratelimit-limit-requests")).toBe(false);
    }
    expect((await send("203.0.113.8")).status).toBe(200);
    expect((await send("203.0.113.8")).status).toBe(429);
  });

  // documented: limit-with-key-exact
  test("requests that present a key have their limit, without a key the other; a forged key is limited too", async () => {
    const config = { requestsPerMinutePerIp: 1, requestsPerMinutePerIpWithKey: 3 };
    const { url } = await startTestGateway({ config });
    const forged = { authorization: `Bearer ${newApiKey().secret}` };
    const send = async (headers: Record<string, string>) => {
      const response = await fetch(`${url}/v1/models`, { headers });
      return [response.headers.get("x-ratelimit-limit-requests"), response.status === 429];
    };
    expect(await send({})).toEqual(["1", false]);
    expect(await send({ authorization: "Bearer sk-another-form" })).toEqual(["1", true]);
    for (let index = 0; index < 3; index++) expect(await send(forged)).toEqual(["3", false]);
    expect(await send(forged)).toEqual(["3", true]);
    expect(await send({ "x-api-key": newApiKey().secret })).toEqual(["3", true]);
  });

  test("one /64 of IPv6 is one caller", async () => {
    const { url } = await startTestGateway({ config: { requestsPerMinutePerIp: 1 } });
    const send = async (ip: string) =>
      (await fetch(`${url}/v1/models`, { headers: { [CLIENT_IP_HEADER]: ip } })).status;
    expect(await send("2001:db8:1:2::1")).toBe(200);
    expect(await send("2001:db8:1:2:ffff::9")).toBe(429);
    expect(await send("2001:db8:1:3::1")).toBe(200);
  });
});
