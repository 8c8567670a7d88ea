import { describe, expect, test } from "vitest";
import { finishedStream, finishedWhole, responseBytes } from "./finished-response.ts";

const usage = '"usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9}';
const event = (json: string) => `data: ${json}\n\n`;
const text = (word: string) => event(`{"id":"a","choices":[{"index":0,"text":"${word}","finish_reason":null}]}`);
const usageEvent = event(`{"id":"a","choices":[],${usage}}`);
const DONE = event("[DONE]");
const OPENAI = { isTranslated: false, keepsFunctionCalls: false };

describe("a stream that can be stored", () => {
  test("is served with its usage event or without, byte for byte", () => {
    for (const parts of [
      [text("a"), text("b"), usageEvent, DONE],
      [usageEvent, text("a"), DONE],
      [`data: ${text("a").slice(6)}`, usageEvent.replaceAll("\n\n", "\r\n\r\n"), DONE],
    ]) {
      const response = finishedStream(Buffer.from(parts.join("")), 5, OPENAI);
      expect(response).toMatchObject({ kind: "stream", storedAt: 5, promptTokens: 7, completionTokens: 2 });
      if (response === undefined) throw new Error("not stored");
      expect(String(responseBytes(response, true))).toBe(parts.join(""));
      expect(String(responseBytes(response, false))).toBe(parts.filter((part) => !part.includes("usage")).join(""));
    }
  });

  test.each([
    ["without [DONE]", text("a") + usageEvent],
    ["with an error in it", text("a") + event('{"error":{"message":"out of memory"}}') + usageEvent + DONE],
    ["without usage", text("a") + DONE],
    ["that the engine gave up", event('{"choices":[{"text":"abcdefgh","finish_reason":"abort"}]}') + usageEvent + DONE],
    ["of nothing", ""],
  ])("is none %s", (_name, bytes) => {
    expect(finishedStream(Buffer.from(bytes), 5, OPENAI)).toBeUndefined();
  });

  test("has two usage events when the engine sent two, and loses none by mistake", () => {
    const response = finishedStream(Buffer.from(usageEvent + text("a") + usageEvent + DONE), 5, OPENAI);
    expect(response).toBeUndefined();
  });
});

describe("a stream that its client got corrected", () => {
  const call = (index: number, id: string) =>
    event(
      `{"id":"a","choices":[{"index":0,"delta":{"tool_calls":[{"index":${index},"id":"${id}","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":null}]}`,
    );
  const finish = (reason: string) => event(`{"id":"a","choices":[{"index":0,"delta":{},"finish_reason":"${reason}"}]}`);

  test("is stored as that client got it, without what came behind its end", () => {
    const received = call(0, "c1") + call(0, "c2") + finish("stop") + usageEvent + DONE + text("late");
    const response = finishedStream(Buffer.from(received), 5, OPENAI);
    if (response === undefined) throw new Error("not stored");
    const sent = [call(0, "c1"), call(1, "c2"), finish("tool_calls"), usageEvent, DONE];
    expect(String(responseBytes(response, true))).toBe(sent.join(""));
    expect(String(responseBytes(response, false))).toBe(sent.filter((part) => part !== usageEvent).join(""));
  });
});

test("a stream that a translator wrote is stored byte for byte, with a provider's own event and its usage in it", () => {
  const own = ',"anthropic_event":{"type":"message_start","message":{"usage":{"input_tokens":7,"output_tokens":1}}}';
  const received = text("a").replace("]}\n\n", `]${own}}\n\n`) + usageEvent + DONE;
  const response = finishedStream(Buffer.from(received), 5, { ...OPENAI, isTranslated: true });
  expect(String(response?.bytes)).toBe(received);
});

describe("a whole response that can be stored", () => {
  test("has its usage", () => {
    const bytes = Buffer.from(`{"choices":[{"text":"a","finish_reason":"stop"}],${usage}}`);
    expect(finishedWhole(bytes, 5)).toMatchObject({ kind: "whole", promptTokens: 7, completionTokens: 2 });
  });

  test.each(['{"error":{"message":"no"}}', `{"choices":[{"finish_reason": "abort"}],${usage}}`, `{"a":1,${usage}`, ""])(
    "is not %j",
    (text) => {
      expect(finishedWhole(Buffer.from(text), 5)).toBeUndefined();
    },
  );
});
