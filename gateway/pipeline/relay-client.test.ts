import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { eventually } from "../../test-support/waits/eventually.ts";
import { chat, completion, eventsOf, post, startTestGateway } from "../test/test-gateway.ts";

const stream = (fields: Record<string, unknown> = {}) => completion({ stream: true, ...fields });

describe("a client that leaves", () => {
  // documented: client-leaves-stream
  test("in mid-stream: the call to the engine is aborted at once, and the generated tokens are recorded", async () => {
    const { url, engines, requestLine, metricsUrl } = await startTestGateway({
      engines: [{ tokens: 1000, intervalMs: 10 }],
    });
    const controller = new AbortController();
    const response = await post(url, "/v1/chat/completions", chat({ stream: true }), {}, { signal: controller.signal });
    const reader = response.body!.getReader();
    let seen = "";
    while (eventsOf(seen).length < 6) seen += Buffer.from((await reader.read()).value ?? []).toString();
    controller.abort();
    await eventually(() => expect(engines[0]?.received[0]?.aborted).toBe(true));
    const line = await requestLine();
    expect(line).toMatchObject({ aborted: true, status: 200 });
    expect(line.completionTokens).toBeGreaterThanOrEqual(5);
    expect(line.completionTokens).toBeLessThan(500);
    expect(line.firstTokenMs).toBeGreaterThan(0);
    expect(await (await fetch(metricsUrl)).text()).toContain("sluice_client_aborts_total 1");
  });

  test.each([true, false])("before the first byte (stream %s): the call is aborted at once", async (isStream) => {
    const { url, engines, requestLine } = await startTestGateway({ engines: [{ mode: "hang" }] });
    const controller = new AbortController();
    const response = post(url, "/v1/completions", completion({ stream: isStream }), {}, { signal: controller.signal });
    await eventually(() => expect(engines[0]?.received).toHaveLength(1));
    controller.abort();
    await expect(response).rejects.toThrow();
    await eventually(() => expect(engines[0]?.received[0]?.aborted).toBe(true));
    expect(await requestLine()).toMatchObject({ aborted: true, status: 499 });
  });

  // documented: client-leaves-body
  test("in the middle of its own body: no upstream is called, and the request is logged", async () => {
    const { url, engines, requestLine } = await startTestGateway();
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.write(
      "POST /v1/completions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{",
      () => socket.destroy(),
    );
    expect(await requestLine()).toMatchObject({ aborted: true, status: 499 });
    expect(engines[0]?.received).toHaveLength(0);
  });

  test("frees its slot at the engine", async () => {
    const { url } = await startTestGateway({
      engines: [{ tokens: 1000, intervalMs: 10 }],
      model: { maxRequestsPerEngine: 1 },
    });
    const controller = new AbortController();
    const first = await post(url, "/v1/completions", stream(), {}, { signal: controller.signal });
    expect((await post(url, "/v1/completions", stream())).status).toBe(503);
    controller.abort();
    await first.text().catch(() => undefined);
    await eventually(async () => {
      const again = new AbortController();
      const response = await post(url, "/v1/completions", stream(), {}, { signal: again.signal });
      again.abort();
      expect(response.status).toBe(200);
    });
  });
});

describe("a client that reads slowly", () => {
  const PATH = "POST /v1/completions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";
  const body = JSON.stringify(stream());
  const open = (url: string) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.write(`${PATH}content-length: ${body.length}\r\n\r\n${body}`);
    socket.pause();
    return socket;
  };

  // documented: client-reads-slowly
  test("slows the engine down instead of filling the gateway's memory, and gets everything in the end", async () => {
    const { url, engines } = await startTestGateway({ engines: [{ tokens: 2000, tokenBytes: 50_000 }] });
    const socket = open(url);
    const sent = () => engines[0]?.received[0]?.sentBytes ?? 0;
    let before = -1;
    // Until the engine can't get rid of more: the sockets' buffers between it and the client are full.
    await eventually(
      () => {
        const isStill = sent() > 0 && sent() === before;
        before = sent();
        expect(isStill).toBe(true);
      },
      { everyMs: 200 },
    );
    expect(before).toBeLessThan(30_000_000); // of 100 MB
    let text = "";
    socket.on("data", (chunk) => {
      text = (text + chunk.toString("latin1")).slice(-200);
    });
    socket.resume();
    await eventually(() => expect(text).toContain("data: [DONE]"));
    expect(sent()).toBeGreaterThan(100_000_000);
    socket.destroy();
  });

  // documented: client-reads-nothing
  test("is closed when it reads nothing for idleSeconds, so that it does not hold an engine for ever", async () => {
    const { url, engines, requestLine } = await startTestGateway({
      engines: [{ tokens: 2000, tokenBytes: 50_000 }],
      config: { timeouts: { firstByteSeconds: 5, totalSeconds: 5, idleSeconds: 0.3 } },
    });
    const socket = open(url);
    socket.on("error", () => undefined);
    expect(await requestLine()).toMatchObject({ aborted: true });
    await eventually(() => expect(engines[0]?.received[0]?.aborted).toBe(true));
    socket.destroy();
  });
});
