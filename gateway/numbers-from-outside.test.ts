import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { providerConfig, routeConfig } from "../test-support/target-config.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { chat, post, startTestGateway } from "./test/test-gateway.ts";

/** A provider whose usage is this JSON, whole and streamed. */
async function providerThatCounts(usage: string): Promise<string> {
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const isStream = JSON.parse(text).stream === true;
    const choice = isStream ? '"delta":{"content":"a"}' : '"message":{"role":"assistant","content":"a"}';
    const sent = `{"id":"x","choices":[{"index":0,${choice},"finish_reason":"stop"}],"usage":${usage}}`;
    response.setHeader("content-type", isStream ? "text/event-stream" : "application/json");
    response.end(isStream ? `data: ${sent}\n\ndata: [DONE]\n\n` : sent);
  }).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once("listening", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

// documented: token-counts-out-of-range
test.each([
  ["1e400", "1e400"],
  ["1e300", "5"],
  ["-5", "-5"],
  ["5", "-1000000000"],
  ["1.5", "1.5"],
])(
  "counts of %s and %s tokens are replaced by the estimate, end no process, are counted, and the response is sent",
  async (prompt, completion) => {
    const origin = await providerThatCounts(`{"prompt_tokens":${prompt},"completion_tokens":${completion}}`);
    const added: number[] = [];
    const { url, gateway, log } = await startTestGateway({
      engines: [],
      spendStore: { add: async (_provider, _month, usd) => added.push(usd) },
      config: { providers: [providerConfig("p", origin)], routes: [routeConfig("chat", ["p/small"])] },
    });
    for (const stream of [false, true]) {
      const sent = await post(url, "/v1/chat/completions", chat({ model: "chat", stream }));
      expect(sent.status).toBe(200);
      expect(await sent.text()).toContain('"content":"a"');
    }
    await eventually(() => expect(log().filter(({ msg }) => msg === "request")).toHaveLength(2));
    for (const { promptTokens = 0, completionTokens = 0 } of log().filter(({ msg }) => msg === "request"))
      for (const count of [promptTokens, completionTokens]) expect([0, 1, 5, 20]).toContain(count);
    const metrics = await gateway.metrics();
    const refused = metrics.find(({ name }) => name === "sluice_refused_counts_total");
    expect(refused?.values[0]?.value).toBeGreaterThanOrEqual(2);
    const spend = metrics.find(({ name }) => name === "sluice_target_spend_usd_total");
    for (const { value } of spend?.values ?? []) expect(value).toBeLessThan(0.001);
  },
);
