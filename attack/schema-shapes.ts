import { CHAT_PATH as CHAT, SERVED, type Shape, type ShapeBuilder } from "./shape.ts";

/** Schemas and tools that cost an engine's grammar more than they cost their sender. */
export function schemaShapes(build: ShapeBuilder): readonly Shape[] {
  const { model } = build;
  const tool = (name: string, parameters: object) => ({ type: "function", function: { name, parameters } });
  const output = (schema: unknown) =>
    build.chat({ response_format: { type: "json_schema", json_schema: { name: "a", schema } } });
  const tools = (parameters: object) => build.chat({ tools: [tool("a", parameters)] });
  const wide = { anyOf: build.many(16, () => ({ type: "null" })) };
  const small = { type: "object", properties: {} };
  return [
    build.json("schema bomb", CHAT, output(doublingSchema(40))),
    build.json("schema bomb in a tool", CHAT, tools(doublingSchema(40))),
    build.json("wide schema", CHAT, tools(wide)),
    build.json("a schema that refers to itself", CHAT, tools({ $ref: "#" }), SERVED),
    build.json("schemas that refer to each other", CHAT, output(cycle(1000)), SERVED),
    build.json("a long chain of references", CHAT, output(cycle(build.bytes / 60))),
    build.json("references to nowhere", CHAT, tools({ allOf: build.many(60, (index) => ({ $ref: `#/x/${index}` })) })),
    build.json("a reference of many steps", CHAT, tools({ $ref: `#${"/a".repeat(build.bytes / 2 - 300)}` }), SERVED),
    build.json("names of enum", CHAT, output({ enum: build.many(9, (index) => `e${index}`) })),
    build.json("a pattern that backtracks", CHAT, output({ type: "string", pattern: "(a+)+$" }), SERVED),
    build.json(
      "a long pattern",
      CHAT,
      build.chat({ structured_outputs: { regex: `(${"a?".repeat(build.bytes / 2 - 300)})` } }),
    ),
    build.json(
      "a long grammar",
      CHAT,
      build.chat({ structured_outputs: { grammar: "root ::= root | root\n".repeat(build.bytes / 25) } }),
    ),
    build.json("tools", CHAT, build.chat({ tools: build.many(90, (index) => tool(`t${index}`, small)) }), SERVED),
    build.json(
      "functions",
      CHAT,
      build.chat({ functions: build.many(30, (index) => ({ name: `f${index}` })) }),
      SERVED,
    ),
    build.json(
      "Messages tools",
      "/v1/messages",
      {
        ...build.chat({}),
        tools: build.many(70, (index) => ({ name: `t${index}`, input_schema: small })),
      },
      SERVED,
    ),
    build.json(
      "Responses tools within tools",
      "/v1/responses",
      {
        model,
        input: "a",
        tools: build.many(60, (index) => ({ type: "namespace", name: `n${index}`, tools: [{ type: "function" }] })),
      },
      SERVED,
    ),
  ];
}

/** Some kilobytes that mean two to the power of `levels` alternatives. */
function doublingSchema(levels: number): object {
  const definitions = Array.from({ length: levels }, (_, level) => {
    const next = { $ref: `#/$defs/d${level + 1}` };
    return [`d${level}`, level === levels - 1 ? { type: "null" } : { anyOf: [next, next] }] as const;
  });
  return { $ref: "#/$defs/d0", $defs: Object.fromEntries(definitions) };
}

/** Definitions each of which refers to the next one, and the last to the first. */
function cycle(length: number): object {
  const count = Math.floor(length);
  const definitions = Array.from({ length: count }, (_, index) => [
    `d${index}`,
    { properties: { a: { $ref: `#/$defs/d${(index + 1) % count}` } } },
  ]);
  return { $ref: "#/$defs/d0", $defs: Object.fromEntries(definitions) };
}
