import type { ServerResponse } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { bodyOf, startFakeServer } from "../../../test-support/fake-server.ts";
import { providerConfig, routeConfig } from "../../../test-support/target-config.ts";
import { eventually } from "../../../test-support/waits/eventually.ts";
import { WholeMemory } from "../../shares/whole-memory.ts";
import { chat, errorOf, post, startTestGateway } from "../../test/test-gateway.ts";
import { call } from "../call.ts";

const TEXT_BYTES = 300_000;
const LIMIT_BYTES = 1_000_000;

/** A gateway whose provider sends the beginning of a whole response, and the rest of each once it is released. */
async function start() {
  const wholes = new WholeMemory(LIMIT_BYTES);
  const open: ServerResponse[] = [];
  const server = await startFakeServer(async (request, response) => {
    await bodyOf(request);
    response.writeHead(200, { "content-type": "application/json" });
    response.write(
      `{"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":"${"a".repeat(TEXT_BYTES)}`,
    );
    open.push(response);
  });
  onTestFinished(() => server.stop());
  const { url, requestLine } = await startTestGateway({
    steps: { call: (planned, cacheWriter, tools) => call(planned, cacheWriter, { ...tools, wholes }) },
    config: { providers: [providerConfig("p", server.origin)], routes: [routeConfig("chat", ["p/small"])] },
  });
  const send = (signal?: AbortSignal) =>
    post(url, "/v1/chat/completions", chat({ model: "chat" }), {}, signal === undefined ? {} : { signal });
  const release = () => {
    for (const response of open) response.end('"},"finish_reason":"stop"}]}');
  };
  return { wholes, open, send, release, requestLine };
}

test("whole responses that are too large together cost the largest one its request, and no other", async () => {
  const { wholes, open, send, release } = await start();
  const sent = Array.from({ length: 3 }, () => send());
  await eventually(() => expect(wholes.total).toBeGreaterThan(3 * TEXT_BYTES));
  const last = send();
  await eventually(() => expect(open.filter(({ destroyed }) => destroyed)).toHaveLength(1));
  release();
  const responses = await Promise.all([...sent, last]);
  const failed = responses.filter(({ status }) => status !== 200);
  expect(failed).toHaveLength(1);
  if (failed[0]) expect((await errorOf(failed[0], 502, "upstream_error")).message).toContain("too large together");
  for (const response of responses.filter(({ status }) => status === 200))
    expect((await response.text()).length).toBeGreaterThan(TEXT_BYTES);
  expect(wholes.total).toBe(0);
  open.length = 0;
  const next = send();
  await eventually(() => expect(open).toHaveLength(1));
  release();
  expect((await next).status).toBe(200);
});

test("a whole response that its client does not wait for holds nothing", async () => {
  const { wholes, send } = await start();
  const left = new AbortController();
  const sent = send(left.signal).catch(() => undefined);
  await eventually(() => expect(wholes.total).toBeGreaterThan(TEXT_BYTES));
  left.abort();
  await sent;
  await eventually(() => expect(wholes.total).toBe(0));
});
