import { describe, expect, test } from "vitest";
import { EventScanner } from "./event-scanner.ts";

const data = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const role = data({ choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }] });
const token = (text: string) => data({ choices: [{ index: 0, delta: { content: text }, finish_reason: null }] });
const finish = data({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
const usage = data({ choices: [], usage: { prompt_tokens: 3, total_tokens: 5, completion_tokens: 2 } });
const done = "data: [DONE]\n\n";
const stream = role + token("Hello ") + token('"usage": wörld\n\n') + finish + usage + done;

function pushInPieces(text: string, size: number, stripUsage = true) {
  const scanner = new EventScanner({ stripUsage });
  const bytes = Buffer.from(text);
  let out = "";
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(scanner.push(bytes.subarray(at, at + size)));
  out = Buffer.concat([...pieces, scanner.rest()]).toString("utf8");
  return { scanner, out };
}

describe("the event scanner", () => {
  test.each([1, 2, 3, 7, 64, 1000, 100_000])(
    "removes the usage event and no other bytes, in pieces of %i bytes",
    (size) => {
      const { scanner, out } = pushInPieces(stream, size);
      expect(out).toBe(stream.replace(usage, ""));
      expect(scanner).toMatchObject({
        isDone: true,
        textEvents: 2,
        hasError: false,
        usage: { promptTokens: 3, completionTokens: 2 },
      });
    },
  );

  test.each([1, 5, 100_000])("passes all events on when the client requested usage, in pieces of %i bytes", (size) => {
    const { scanner, out } = pushInPieces(stream, size, false);
    expect(out).toBe(stream);
    expect(scanner.usage).toEqual({ promptTokens: 3, completionTokens: 2 });
  });

  test("understands lines that end with CR LF", () => {
    const crlf = stream.replaceAll("\n", "\r\n");
    const { scanner, out } = pushInPieces(crlf, 3);
    expect(out).toBe(crlf.replace(usage.replaceAll("\n", "\r\n"), ""));
    expect(scanner.isDone).toBe(true);
  });

  test("passes an event on that has both usage and choices", () => {
    const both = data({ choices: [{ index: 0, text: "", finish_reason: "stop" }], usage: { prompt_tokens: 1 } });
    expect(pushInPieces(both, 9).out).toBe(both);
  });

  test.each([
    'data: {"error":"boom"}\n\n',
    'data: {"id":"x","object":"chat.completion.chunk","error":{"message":"acct-123"},"choices":[]}\n\n',
    data({ choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }], error: { message: "acct-123" } }),
    data({ choices: [{ index: 0, delta: { content: "a" }, finish_reason: "error" }] }),
    'data: {"object":"error","message":"CUDA out of memory on node-7 acct-123","type":"InternalServerError"}\n\n',
    'data: {"type":"error","error":{"type":"overloaded_error","message":"acct-123"}}\n\n',
    'data: {"detail":"acct-123 has no credit"}\n\n',
    'event: error\ndata: {"message":"acct-123"}\n\n',
    "data: {not json at all\n\n",
  ])("%j is an error, which ends a provider's stream and is not passed on", (error) => {
    for (const size of [1, 9, 100_000]) {
      const scanner = new EventScanner({ stripUsage: true, stripErrors: true });
      const bytes = Buffer.from(token("Hello") + error + done);
      const pieces: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += size) pieces.push(scanner.push(bytes.subarray(at, at + size)));
      expect(Buffer.concat(pieces).toString()).toBe(token("Hello"));
      expect(scanner).toMatchObject({ hasError: true, isDone: false });
    }
  });

  test.each([
    token('an "error": {"message": "x"} in a text'),
    data({ choices: [{ index: 0, delta: { content: "a" }, finish_reason: null }], error: null }),
    data({ choices: [{ index: 0, delta: { content: "error" }, logprobs: { content: [{ token: "error" }] } }] }),
    data({ id: "1", object: "ping" }),
    "event: ping\n\n",
    "id: 7\n\n",
  ])("%j is none", (event) => {
    const scanner = new EventScanner({ stripUsage: true, stripErrors: true });
    expect(scanner.push(Buffer.from(event)).toString()).toBe(event);
    expect(scanner.hasError).toBe(false);
  });

  test("passes comments on, so that an engine's pings arrive", () => {
    expect(pushInPieces(`: ping\n\n${token("a")}`, 4).out).toBe(`: ping\n\n${token("a")}`);
  });

  // documented: events-not-copied
  test("passes the very buffer on when it holds whole events and none is removed", () => {
    const scanner = new EventScanner({ stripUsage: true });
    const chunk = Buffer.from(token("a") + token("b"));
    const out = scanner.push(chunk);
    expect(out.buffer).toBe(chunk.buffer);
    expect(out.length).toBe(chunk.length);
  });

  test("does not pass on half an event", () => {
    const scanner = new EventScanner({ stripUsage: true });
    expect(scanner.push(Buffer.from(`${token("a")}data: {"cho`)).toString()).toBe(token("a"));
    expect(scanner.rest().toString()).toBe('data: {"cho');
  });

  test("does not hold an event of many megabytes back, and sees the next one", () => {
    const large = token("x".repeat(5_000_000));
    const scanner = new EventScanner({ stripUsage: true });
    const bytes = Buffer.from(large + usage + done);
    const pieces: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += 65_536) {
      pieces.push(scanner.push(bytes.subarray(at, at + 65_536)));
      expect(scanner.rest().length).toBeLessThan(1_200_000);
    }
    expect(Buffer.concat(pieces).toString("utf8") === large + done).toBe(true);
    expect(scanner).toMatchObject({ isDone: true, usage: { promptTokens: 3, completionTokens: 2 } });
  });

  test("does not count the role frame, the finish frame or an empty text as a token", () => {
    expect(pushInPieces(role + finish + data({ choices: [{ text: "" }] }), 50).scanner.textEvents).toBe(0);
  });

  test("counts tool calls, reasoning and spaced JSON as text", () => {
    const spaced = 'data: {"choices": [{"delta": {"content": "hello there"}}]}\n\n';
    const tool = data({ choices: [{ delta: { tool_calls: [{ function: { arguments: '{"a"' } }] } }] });
    const thought = data({ choices: [{ delta: { reasoning_content: "hm, let me think" } }] });
    expect(pushInPieces(spaced + tool + thought, 50).scanner.textEvents).toBe(3);
  });

  test("estimates the tokens of an event with a long text by its bytes, of whatever key", () => {
    const long = "word ".repeat(100);
    const call = data({
      choices: [{ delta: { tool_calls: [{ function: { arguments: JSON.stringify({ long }) } }] } }],
    });
    for (const event of [token(long), token(long).repeat(3), call, data({ choices: [{ delta: { refusal: long } }] })])
      for (const size of [7, 100_000]) {
        const { scanner } = pushInPieces(event, size);
        expect(scanner.estimatedTokens / scanner.textEvents).toBeGreaterThanOrEqual(125);
        expect(scanner.estimatedTokens / scanner.textEvents).toBeLessThan(135);
      }
    expect(pushInPieces(token("Hello ").repeat(3), 9).scanner.estimatedTokens).toBe(3);
    expect(pushInPieces(token("x".repeat(2_000_000)), 65_536).scanner.estimatedTokens).toBeGreaterThan(500_000);
  });

  test.each([
    ["beside another one in a field of a server's own", { usage: { prompt_tokens: 10, completion_tokens: 500 } }],
    ["before one of zeros", { choices: [] }],
  ])("keeps the usage of a response %s", (_where, fields) => {
    const counted = data({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 500 } });
    const other = data({ ...fields, x: { usage: { prompt_tokens: 0, completion_tokens: 1 } } });
    for (const events of [counted + other, other + counted])
      expect(pushInPieces(events, 11).scanner.usage).toEqual({ promptTokens: 10, completionTokens: 500 });
    expect(
      pushInPieces(data({ choices: [], ...fields, x: { usage: { prompt_tokens: 1, completion_tokens: 1 } } }), 9)
        .scanner.usage?.promptTokens,
    ).toBe("usage" in fields ? 10 : 1);
  });

  test("reports the last count when each event carries one", () => {
    const counted = (n: number) =>
      data({ choices: [{ delta: { content: "a" } }], usage: { prompt_tokens: 4, completion_tokens: n } });
    const { scanner, out } = pushInPieces(counted(1) + counted(2), 11);
    expect(scanner.usage).toEqual({ promptTokens: 4, completionTokens: 2 });
    expect(out).toBe(counted(1) + counted(2));
  });

  test("notices an error that the engine sends as an event", () => {
    const error = data({ error: { message: "engine core died", type: "InternalServerError" } });
    expect(pushInPieces(error, 10).scanner.hasError).toBe(true);
  });

  test("text that mentions [DONE] is not the end", () => {
    expect(pushInPieces(token("[DONE]"), 8).scanner.isDone).toBe(false);
  });

  test.each([
    ["alone", done],
    ["without a space", "data:[DONE]\n\n"],
    ["behind an id and a name", "id: 0c9d8a7b-2f11-4e52-a1de-6a4b\nevent: done\ndata: [DONE]\n\n"],
    ["before an id, with CR LF", "data: [DONE]\r\nid: 7\r\n\r\n"],
  ])("[DONE] %s is the end, and bytes after it are dropped", (_where, end) => {
    for (const size of [1, 7, 1000]) {
      const { scanner, out } = pushInPieces(`${token("a")}${end}${token("b")}data: {"ha`, size);
      expect(scanner).toMatchObject({ isDone: true, textEvents: 1 });
      expect(out).toBe(token("a") + end);
    }
  });

  test("a short event that has [DONE] in a string is not the end", () => {
    for (const event of [data({ x: "[DONE]" }), ": [DONE]\n\n", data({ y: 'data: "[DONE]"' })])
      expect(pushInPieces(event + token("a"), 5).scanner).toMatchObject({ isDone: false, textEvents: 1 });
  });

  test("finds the finish reason, in an event of its own or beside the last text", () => {
    const last = data({ choices: [{ delta: { content: "b" }, finish_reason: "length" }] });
    const spaced = 'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}\n\n';
    for (const end of [finish, last, spaced, finish + usage])
      expect(pushInPieces(token("a") + end, 9).scanner.hasFinish).toBe(true);
    for (const text of [role, token("a"), token('"finish_reason":"stop"'), usage])
      expect(pushInPieces(text, 9).scanner.hasFinish).toBe(false);
  });

  test("removes the server's own error event where errors are hidden", () => {
    const scanner = new EventScanner({ stripUsage: true, stripErrors: true });
    const named = `event: error\n${data({ error: { message: "your account org-1 is over its limit" } })}`;
    expect(scanner.push(Buffer.from(token("a") + named)).toString()).toBe(token("a"));
    expect(scanner.hasError).toBe(true);
  });

  test("an event whose error is null is none", () => {
    const event = data({ error: null, choices: [{ delta: { content: "a" } }], id: "chatcmpl-1" });
    expect(pushInPieces(event + data({ error: null, choices: [], id: "chatcmpl-1" }), 9).scanner.hasError).toBe(false);
  });

  test("a stream ends with an error that is taken out: [DONE] behind it would be a good end", () => {
    const scanner = new EventScanner({ stripUsage: true, stripErrors: true });
    const text = 'data: {"choices":[{"delta":{"content":"Hel"}}]}\n\n';
    const error = 'data: {"error":{"message":"EngineCore failed","type":"InternalServerError","code":500}}\n\n';
    expect(scanner.push(Buffer.from(`${text}${error}data: [DONE]\n\n`)).toString()).toBe(text);
    expect(scanner.push(Buffer.from("data: [DONE]\n\n")).toString()).toBe("");
    expect([scanner.hasError, scanner.isDone]).toEqual([true, false]);
  });
});

describe("a stream whose client requested a usage that its server does not send", () => {
  const scan = (text: string, estimatedPromptTokens?: number) =>
    new EventScanner({ stripUsage: false, estimatedPromptTokens }).push(Buffer.from(text)).toString();
  const head = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "é" };
  const word = data({ ...head, choices: [{ index: 0, delta: { content: "a" }, finish_reason: "stop" }] });

  test("has an event of the estimate before its end: a token for each event with text", () => {
    const usage = { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 };
    expect(scan(word + word + done, 7)).toBe(word + word + data({ ...head, choices: [], usage }) + done);
  });

  test.each([
    ["with a usage", word + usage + done],
    ["that ends in an error", `${word}${data({ error: { message: "x" } })}${done}`],
    ["that is cut off", word],
  ])("stays as it is %s", (_, text) => {
    expect(scan(text, 7)).toBe(text);
  });

  test("stays as it is where no estimate is for the client", () => {
    expect(scan(word + done)).toBe(word + done);
  });
});
