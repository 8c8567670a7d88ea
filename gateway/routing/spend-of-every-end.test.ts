import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ProviderFault } from "../../test-support/fake-provider.ts";
import { providerConfig, routeConfig } from "../../test-support/target-config.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { limits } from "../test/ends/request-end.ts";
import { provide } from "../test/provider-fixture.ts";
import { chat, completion, errorOf, post, startTestGateway } from "../test/test-gateway.ts";

/** A dollar for each token of a prompt or a completion. */
const MODEL = { contextTokens: 8192, capabilities: ["completions" as const] };
const FAR = 1_000_000;
/** A call whose client has left is settled when its response ends or its time is over, a second here. */

async function start(
  price: { input: number; output: number },
  faults: readonly ProviderFault[] = [],
  capUsd?: number,
  own: { readonly endpoint?: string } = {},
) {
  const a = await provide({ next: [...faults], tokens: 3, dripMs: 500 });
  const small = { ...MODEL, inputUsdPerMillion: price.input, outputUsdPerMillion: price.output };
  const settings = {
    ...limits({ totalSeconds: 1 }),
    models: { small },
    ...own,
    ...(capUsd === undefined ? {} : { monthlyCapUsd: capUsd }),
  };
  const { url, metricsUrl, requestLine } = await startTestGateway({
    config: {
      providers: [{ ...providerConfig("a", a.origin), ...settings }],
      routes: [routeConfig("chat", ["a/small"])],
    },
  });
  const spent = async () => {
    const text = await (await fetch(metricsUrl)).text();
    return Number(/sluice_provider_spend_month_usd\{provider="a"\} (\S+)/.exec(text)?.[1] ?? 0);
  };
  return { a, url, spent, requestLine };
}

const body = (more: object = {}) => chat({ model: "chat", max_tokens: 5, ...more });

describe("the prompt of a request that was sent is paid", () => {
  test.each(["reset-in-stream", "error-in-stream", "malformed-in-stream"] as const)(
    "when its stream ends by %s",
    async (fault) => {
      const { url, spent } = await start({ input: FAR, output: 0 }, [fault]);
      await (await post(url, "/v1/chat/completions", body({ stream: true }))).text().catch(() => undefined);
      await eventually(async () => expect(await spent()).toBeGreaterThan(1));
    },
  );

  test("when its client leaves after the first event", async () => {
    const { a, url, spent } = await start({ input: FAR, output: 0 }, ["slow-drip"]);
    const left = new AbortController();
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body({ stream: true })),
      signal: left.signal,
    });
    await response.body?.getReader().read();
    left.abort();
    await eventually(() => expect(a.received[0]?.aborted).toBe(true));
    await eventually(async () => expect(await spent()).toBeGreaterThan(1));
  });

  test("when its client leaves before the first byte", async () => {
    const { a, url, spent } = await start({ input: FAR, output: 0 }, ["hang"]);
    const left = new AbortController();
    const sent = fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body()),
      signal: left.signal,
    }).catch(() => undefined);
    await eventually(() => expect(a.received).toHaveLength(1));
    left.abort();
    await sent;
    await eventually(async () => expect(await spent()).toBeGreaterThan(1));
  });

  test("but not when the provider refuses it after its client has left", async () => {
    const held: ServerResponse[] = [];
    const server = createServer((request, response) => void request.resume().on("end", () => held.push(response)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close().closeAllConnections());
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { url, spent, requestLine } = await start({ input: FAR, output: FAR }, [], undefined, { endpoint });
    const left = new AbortController();
    const sent = post(url, "/v1/chat/completions", body(), {}, { signal: left.signal }).catch(() => undefined);
    await eventually(() => expect(held).toHaveLength(1));
    left.abort();
    await sent;
    await new Promise((resolve) => setTimeout(resolve, 500));
    held[0]?.writeHead(400, { "content-type": "application/json" }).end('{"error":{"message":"no"}}');
    expect(await requestLine()).toMatchObject({ aborted: true, status: 499 });
    expect(await spent()).toBe(0);
  });

  test("when the upstream dies before its response, and not when it refuses the request", async () => {
    const died = await start({ input: FAR, output: 0 }, ["reset-after-headers"]);
    await (await post(died.url, "/v1/chat/completions", body())).text();
    await eventually(async () => expect(await died.spent()).toBeGreaterThan(1));
    const refused = await start({ input: FAR, output: 0 }, [{ status: 400, body: '{"error":{"message":"no"}}' }]);
    await (await post(refused.url, "/v1/chat/completions", body())).text();
    expect(await refused.spent()).toBe(0);
  });
});

describe("a request is admitted under a cap by all its completions", () => {
  test.each([
    ["/v1/chat/completions", body({ n: 16 })],
    ["/v1/completions", completion({ model: "chat", max_tokens: 5, best_of: 16 })],
    ["/v1/completions", completion({ model: "chat", max_tokens: 5, prompt: Array.from({ length: 16 }, () => "a") })],
  ])("%s with 16 of 5 tokens does not fit in 20 dollars", async (path, many) => {
    const { a, url } = await start({ input: 0, output: FAR }, [], 20);
    await errorOf(await post(url, path, many), 429, "spending_cap_reached");
    expect(a.received).toHaveLength(0);
    const { n: _, best_of: __, ...one } = many as Record<string, unknown>;
    expect((await post(url, path, { ...one, ...(path === "/v1/completions" ? { prompt: "a" } : {}) })).status).toBe(
      200,
    );
  });
});
