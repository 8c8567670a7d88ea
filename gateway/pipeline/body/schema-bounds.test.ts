import { describe, expect, test } from "vitest";
import { chat, completion, errorOf, post, startTestGateway } from "../../test/test-gateway.ts";
import { schemaProblem } from "./schema-bounds.ts";

/** A few hundred bytes that mean 2^30 alternatives. */
const BOMB = {
  $ref: "#/$defs/d0",
  $defs: Object.fromEntries(
    Array.from({ length: 31 }, (_, level) => [
      `d${level}`,
      level === 30
        ? { type: "null" }
        : { anyOf: [{ $ref: `#/$defs/d${level + 1}` }, { $ref: `#/$defs/d${level + 1}` }] },
    ]),
  ),
};
const nested = (levels: number): object => (levels === 0 ? {} : { anyOf: [{ type: "null" }, nested(levels - 1)] });

describe("a schema or grammar that takes an engine seconds", () => {
  test.each([
    ["response_format.json_schema.schema", { response_format: { json_schema: { schema: BOMB } } }],
    ["tools[1].function.parameters", { tools: [{}, { function: { parameters: BOMB } }] }],
    ["functions[0].parameters", { functions: [{ parameters: BOMB }] }],
    ["structured_outputs.json", { structured_outputs: { json: BOMB } }],
    ["structured_outputs.json", { structured_outputs: { json: JSON.stringify(BOMB) } }],
    ["structured_outputs.json", { structured_outputs: { json: JSON.stringify(nested(200)) } }],
    ["structured_outputs.regex", { structured_outputs: { regex: "a".repeat(10_001) } }],
    ["structured_outputs.grammar", { structured_outputs: { grammar: "a".repeat(100_001) } }],
    ["structured_outputs.choice", { structured_outputs: { choice: Array.from({ length: 1001 }, () => "a") } }],
    ["guided_json", { guided_json: BOMB }],
    ["guided_regex", { guided_regex: "a".repeat(10_001) }],
    ["guided_choice", { guided_choice: Array.from({ length: 1001 }, () => "a") }],
    ["tools[0].input_schema", { tools: [{ name: "a", input_schema: BOMB }] }],
    ["output_config.format.schema", { output_config: { format: { schema: BOMB } } }],
    ["tools[0].parameters", { tools: [{ type: "function", parameters: BOMB }] }],
    ["tools[0].tools[0].parameters", { tools: [{ type: "namespace", tools: [{ parameters: BOMB }] }] }],
    ["text.format.schema", { text: { format: { schema: BOMB } } }],
    ["guided_json", { guided_json: { enum: Array.from({ length: 1001 }, (_, index) => index) } }],
  ])("is named at %s", (param, fields) => {
    expect(schemaProblem(fields)).toMatchObject({ param, message: expect.stringMatching(/must have at most [\d,]+ /) });
  });

  test("never reaches an engine, in any dialect", async () => {
    const { url, engines } = await startTestGateway();
    const tool = { name: "a", input_schema: BOMB };
    const bodies: readonly (readonly [string, unknown])[] = [
      ["/v1/chat/completions", chat({ tools: [{ type: "function", function: { name: "a", parameters: BOMB } }] })],
      ["/v1/completions", completion({ guided_json: BOMB })],
      [
        "/v1/responses",
        { model: "tiny", input: "a", text: { format: { type: "json_schema", name: "a", schema: BOMB } } },
      ],
    ];
    for (const [path, body] of bodies) await errorOf(await post(url, path, body), 400, "invalid_request");
    const messages = { model: "tiny", max_tokens: 5, messages: [{ role: "user", content: "a" }], tools: [tool] };
    expect((await post(url, "/v1/messages", messages)).status).toBe(400);
    expect(engines[0]?.received).toHaveLength(0);
  });

  test("is not what a large tool of a real client is", () => {
    const properties = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [
        `field${index}`,
        { type: "string", enum: ["a", "b"], description: "x" },
      ]),
    );
    const parameters = { type: "object", properties, required: Object.keys(properties) };
    const tools = Array.from({ length: 100 }, () => ({ type: "function", function: { name: "a", parameters } }));
    expect(schemaProblem({ tools, response_format: { json_schema: { schema: parameters } } })).toBe(undefined);
  });
});
