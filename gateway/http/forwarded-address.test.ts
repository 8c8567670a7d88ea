import { once } from "node:events";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { errorOf, startTestGateway } from "../test/test-gateway.ts";

const limited = (entry?: "load-balancer") =>
  startTestGateway({
    config: { requestsPerMinutePerIp: 2, ...(entry === undefined ? {} : { clientAddressFrom: entry }) },
  });
const models = (url: string, headers: Record<string, string>) => fetch(`${url}/v1/models`, { headers });
const remaining = async (url: string, headers: Record<string, string>) =>
  (await models(url, headers)).headers.get("x-ratelimit-remaining-requests");

describe("a gateway behind a load balancer alone", () => {
  test("counts by the hop that the load balancer added, whatever the client wrote before it", async () => {
    const { url } = await limited("load-balancer");
    expect(await remaining(url, { "x-forwarded-for": "198.51.100.1, 203.0.113.9" })).toBe("1");
    expect(await remaining(url, { "x-forwarded-for": "192.0.2.77,203.0.113.9" })).toBe("0");
    await errorOf(await models(url, { "x-forwarded-for": "203.0.113.9" }), 429, "rate_limit_exceeded");
    expect(await remaining(url, { "x-forwarded-for": "203.0.113.9, 198.51.100.1" })).toBe("1");
  });

  test("believes neither an address nor an id that the client sent as API Gateway's", async () => {
    const { url } = await limited("load-balancer");
    const forged = {
      "x-sluice-client-ip": "198.51.100.5",
      "x-sluice-request-id": "0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f",
    };
    const response = await models(url, { ...forged, "x-forwarded-for": "203.0.113.9" });
    expect(response.headers.get("x-request-id")).not.toBe(forged["x-sluice-request-id"]);
    expect(
      await remaining(url, { ...forged, "x-sluice-client-ip": "198.51.100.6", "x-forwarded-for": "203.0.113.9" }),
    ).toBe("0");
  });

  test("counts a WebSocket's handshake and its requests for the client's address", async () => {
    const { url } = await limited("load-balancer");
    const socket = new WebSocket(`${url.replace("http", "ws")}/v1/chat/completions`, {
      headers: { "x-forwarded-for": "198.51.100.1, 203.0.113.9" },
    });
    onTestFinished(() => socket.terminate());
    await once(socket, "open");
    expect(await remaining(url, { "x-forwarded-for": "203.0.113.9" })).toBe("0");
    expect(await remaining(url, { "x-forwarded-for": "198.51.100.1" })).toBe("1");
  });

  test("behind API Gateway the header is ignored", async () => {
    const { url } = await limited();
    expect(await remaining(url, { "x-forwarded-for": "203.0.113.9" })).toBe("1");
    expect(await remaining(url, { "x-forwarded-for": "203.0.113.10" })).toBe("0");
  });
});
