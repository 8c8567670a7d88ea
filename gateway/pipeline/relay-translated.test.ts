import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Pool } from "undici";
import { describe, expect, onTestFinished, test } from "vitest";
import { type FakeAnthropicBehaviour, startFakeAnthropic } from "../../test-support/fake-anthropic.ts";
import { anthropicDialect } from "../dialects/providers/anthropic/anthropic.ts";
import { Exchange } from "../exchange.ts";
import { ask } from "../http/ask.ts";
import { gathered, outbound } from "../test/dialect-cases.ts";
import { relayStream } from "./relay.ts";

/** A server that relays one stream of a provider that speaks another dialect. @returns what its client got */
async function relayed(behaviour: Partial<FakeAnthropicBehaviour>, stripUsage = false) {
  const provider = await startFakeAnthropic(behaviour);
  const pool = new Pool(provider.origin);
  const dialect = anthropicDialect({ now: () => 0 });
  const request = outbound({ stream: true });
  const exchanges: Exchange[] = [];
  const server = createServer((incoming, response) => {
    void (async () => {
      const exchange = new Exchange(incoming, response, 0);
      exchanges.push(exchange);
      const { path, headers, body } = await dialect.encode(request);
      const answer = await ask(pool, {
        method: "POST",
        path,
        headers: { ...headers, "x-api-key": provider.behaviour.key },
        body,
        signal: exchange.abort.signal,
      });
      const translator = dialect.decodeStream(request);
      const upstream = { kind: "stream", body: answer.body, translator, broken: () => {}, release: () => {} } as const;
      await relayStream(exchange, upstream, { idleSeconds: 5, stripUsage, now: () => 1 });
    })();
  });
  server.listen(0, "127.0.0.1");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await pool.destroy();
    await provider.stop();
  });
  await new Promise((resolve) => server.once("listening", resolve));
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const text = await answer.text();
  return { text, answer: gathered(text), exchange: exchanges[0] };
}

describe("a translated stream", () => {
  test.each([1, 7, 1000])("arrives whole in pieces of %i bytes, and is counted", async (writeBytes) => {
    const { answer, exchange } = await relayed({ writeBytes });
    expect(answer).toMatchObject({ content: "Hello there", finish: "stop", isDone: true });
    expect(answer.usage).toMatchObject({ prompt_tokens: 7, completion_tokens: 3 });
    expect(exchange).toMatchObject({ promptTokens: 7, completionTokens: 3, errorCode: undefined });
  });

  test("has no usage where it was not asked for, and is counted all the same", async () => {
    const { text, exchange } = await relayed({}, true);
    expect(text).not.toContain('"usage"');
    expect(exchange).toMatchObject({ promptTokens: 7, completionTokens: 3 });
  });

  test("ends with the one error that its provider reported", async () => {
    const errorEvent = { after: 4, type: "overloaded_error", message: "Overloaded" };
    const { text, answer, exchange } = await relayed({ errorEvent });
    expect(answer).toMatchObject({ content: "Hell", error: { code: "overloaded" }, isDone: false });
    expect(text.match(/"error":/g)).toHaveLength(1);
    expect(exchange?.errorCode).toBe("upstream_error");
  });

  test("ends with one error when its provider dies", async () => {
    const { text, answer } = await relayed({ diesAfterEvents: 4 });
    expect(answer).toMatchObject({ content: "Hell", error: { code: "stream_interrupted" }, isDone: false });
    expect(text.match(/"error":/g)).toHaveLength(1);
  });
});
