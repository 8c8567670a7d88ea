import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { ChatCompletionRequest } from "../../../contracts/api/chat.ts";
import { chatBody, curlCommand } from "./chat-request.ts";

const REQUEST = { model: "m", prompt: 'it\'s $HOME "and" `id`\nline two', temperature: 0, topP: 0.9, maxTokens: 5 };

test("sends a body that the contract takes, streamed and with usage", () => {
  expect(ChatCompletionRequest.parse(chatBody(REQUEST))).toMatchObject({
    temperature: 0,
    top_p: 0.9,
    max_tokens: 5,
    stream: true,
    stream_options: { include_usage: true },
  });
});

test("leaves out a setting that is empty", () => {
  expect(Object.keys(chatBody({ model: "m", prompt: "p" }))).toEqual(["model", "messages", "stream", "stream_options"]);
});

test("survives the shell: what curl would get is the very body that was sent", () => {
  const script = curlCommand("http://127.0.0.1:1", REQUEST, false).replace(/^curl -N/, "printf '%s\\0'");
  const words = execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" }).split("\0");
  expect(words[0]).toBe("http://127.0.0.1:1/v1/chat/completions");
  expect(JSON.parse(words[4] ?? "")).toEqual(chatBody(REQUEST));
});

test("names a shell variable where the key belongs, and only when there is one", () => {
  expect(curlCommand("http://a", REQUEST, true)).toContain('-H "authorization: Bearer $SLUICE_API_KEY"');
  expect(curlCommand("http://a", REQUEST, false)).not.toContain("authorization");
});
