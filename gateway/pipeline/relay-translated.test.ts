import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Pool } from "undici";
import { describe, expect, onTestFinished, test } from "vitest";
import { type FakeAnthropicBehaviour, startFakeAnthropic } from "../../test-support/fake-anthropic.ts";
import { RequestRecord } from "../core/record.ts";
import { anthropicDialect } from "../dialects/providers/anthropic/anthropic.ts";
import { ResponseSink } from "../http/response-sink.ts";
import { sendUpstream } from "../http/upstream/send-upstream.ts";
import { LineEnds } from "../relay/line-ends.ts";
import { gathered, outbound } from "../test/dialect-cases.ts";
import { StreamRelay } from "./relay/stream-relay.ts";

/** A server that relays one stream of a provider with another dialect. @returns the response that its client got */
async function relayed(behaviour: Partial<FakeAnthropicBehaviour>, stripUsage = false) {
  const provider = await startFakeAnthropic(behaviour);
  const pool = new Pool(provider.origin);
  const dialect = anthropicDialect({ now: () => 0, newId: () => "id" });
  const request = outbound({ stream: true });
  const record = new RequestRecord();
  const abort = new AbortController();
  const server = createServer((_, response) => {
    void (async () => {
      const { path, headers, body } = await dialect.encode(request);
      const upstreamResponse = await sendUpstream(pool, {
        method: "POST",
        path,
        headers: { ...headers, "x-api-key": provider.behaviour.key },
        body,
        signal: abort.signal,
      });
      const translator = dialect.decodeStream(request);
      const upstream = {
        kind: "stream",
        body: upstreamResponse.body,
        begun: Buffer.alloc(0),
        translator: translator ?? new LineEnds(),
        isTranslated: true,
        settle: () => {},
      } as const;
      const options = { idleSeconds: 5, stripUsage, record, signal: abort.signal, now: () => 1 };
      await new StreamRelay(upstream, options).send(new ResponseSink(response));
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
  const received = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const text = await received.text();
  return { text, response: gathered(text), facts: record.facts };
}

describe("a translated stream", () => {
  test.each([1, 7, 1000])("arrives whole in pieces of %i bytes, and is counted", async (writeBytes) => {
    const { response, facts } = await relayed({ writeBytes });
    expect(response).toMatchObject({ content: "Hello there", finish: "stop", isDone: true });
    expect(response.usage).toMatchObject({ prompt_tokens: 7, completion_tokens: 3 });
    expect(facts).toMatchObject({ promptTokens: 7, completionTokens: 3, errorCode: undefined });
  });

  test("has no usage where the client did not request it, and its tokens are counted all the same", async () => {
    const { text, facts } = await relayed({}, true);
    expect(text).not.toContain('"usage"');
    expect(facts).toMatchObject({ promptTokens: 7, completionTokens: 3 });
  });

  // documented: provider-error-in-stream
  test("ends with the one error that its provider reported", async () => {
    const errorEvent = { after: 4, type: "overloaded_error", message: "Overloaded" };
    const { text, response, facts } = await relayed({ errorEvent });
    expect(response).toMatchObject({ content: "Hell", error: { code: "overloaded" }, isDone: false });
    expect(text.match(/"error":/g)).toHaveLength(1);
    expect(facts.errorCode).toBe("upstream_error");
  });

  test("ends with one error when its provider dies", async () => {
    const { text, response } = await relayed({ diesAfterEvents: 4 });
    expect(response).toMatchObject({ content: "Hell", error: { code: "stream_interrupted" }, isDone: false });
    expect(text.match(/"error":/g)).toHaveLength(1);
  });
});
