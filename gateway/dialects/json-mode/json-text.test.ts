import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { startFakeAnthropic } from "../../../test-support/fake-anthropic.ts";
import { cuts, gathered, outbound, translated } from "../../test/dialect-cases.ts";
import { startDialectGateway } from "../../test/dialect-gateway.ts";
import { anthropicDialect } from "../providers/anthropic/anthropic.ts";
import { JSON_INSTRUCTION, JsonText, withoutFence } from "./json-text.ts";

const messages = [
  { role: "system", content: "You know cities" },
  { role: "user", content: "Name one, in JSON" },
];
const response_format = { type: "json_object" };
const OBJECT = '{"city":"Oslo","note":"```"}';
const FENCED = `\`\`\`json\n${OBJECT}\n\`\`\``;
const usage = { inputTokens: 3, outputTokens: 1, totalTokens: 4 };
const RESPONSES = {
  anthropic: (text: string) => ({
    id: "msg_1",
    type: "message",
    content: [{ type: "text", text }],
    stop_reason: "end_turn",
    usage: { input_tokens: 3, output_tokens: 1 },
  }),
  bedrock: (text: string) => ({
    output: { message: { role: "assistant", content: [{ text }] } },
    stopReason: "end_turn",
    usage,
  }),
};

describe("a response that must be a JSON object", () => {
  test.each(["anthropic", "bedrock"] as const)("is asked of %s in the last of its instructions", async (target) => {
    const { request, script } = await startDialectGateway();
    script({ body: JSON.stringify(RESPONSES[target](FENCED)) });
    const { status, text, received } = await request(target, "/v1/chat/completions", { messages, response_format });
    expect(received?.body.system).toMatchObject([{ text: "You know cities" }, { text: JSON_INSTRUCTION }]);
    expect([status, JSON.parse(text).choices[0].message.content]).toEqual([200, OBJECT]);
    const responses = await request(target, "/v1/responses", { input: "JSON", text: { format: response_format } });
    expect(responses.received?.body.system).toMatchObject([{ text: JSON_INSTRUCTION }]);
    expect(JSON.parse(responses.text).output[0].content[0].text).toBe(OBJECT);
  });

  test("has a fence where the client wants no JSON", async () => {
    const { request, script } = await startDialectGateway();
    script({ body: JSON.stringify(RESPONSES.anthropic(FENCED)) });
    const { text } = await request("anthropic", "/v1/chat/completions", { messages });
    expect(JSON.parse(text).choices[0].message.content).toBe(FENCED);
  });

  test("has no fence in a stream, wherever it is cut", async () => {
    const provider = await startFakeAnthropic({ content: [{ type: "text", text: FENCED }] });
    const dialect = anthropicDialect({ now: () => 0, newId: () => "id" });
    const request = outbound({ stream: true, response_format });
    const { path, headers, body } = await dialect.encode(request);
    const sent = { "content-type": "application/json", "x-api-key": provider.behaviour.key, ...headers };
    const bytes = await (await fetch(provider.origin + path, { method: "POST", headers: sent, body })).bytes();
    await provider.stop();
    for (const sizes of [[], [1], [7]]) {
      const translator = dialect.decodeStream(request);
      if (translator === undefined) throw new Error("nothing translates");
      expect(gathered(translated(translator, bytes, sizes))).toMatchObject({ content: OBJECT, finish: "stop" });
    }
  });
});

describe("the text of JSON without its fence", () => {
  test.each([
    [OBJECT, OBJECT],
    [FENCED, OBJECT],
    [`\n ${FENCED}\n\n`, OBJECT],
    [`\`\`\`\n${OBJECT}\n\`\`\`\n`, OBJECT],
    [`\`\`\`json\n{"a":`, '{"a":'],
    ["``", "``"],
    ["```json", "```json"],
    ["", ""],
    [`\`\`\`${"x".repeat(2000)}`, `\`\`\`${"x".repeat(2000)}`],
    [`\`\`\`\n{}${" ".repeat(2000)}`, `{}${" ".repeat(2000)}`],
    [`Here: ${FENCED}`, `Here: ${FENCED}`],
  ])("of %j is %j", (text, expected) => {
    expect(withoutFence(text)).toBe(expected);
  });

  test("is the same wherever the text is cut, and any JSON stays as it is", () => {
    void fc.assert(
      fc.property(fc.json(), fc.boolean(), cuts, (json, isFenced, sizes) => {
        const text = isFenced ? `\`\`\`json\n${json}\n\`\`\`` : json;
        const pieces = new JsonText();
        let out = "";
        for (let at = 0, turn = 0; at < text.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          out += pieces.push(text.slice(at, at + size));
          at += size;
        }
        expect(JSON.parse(out + pieces.end())).toEqual(JSON.parse(json));
      }),
    );
  });
});
