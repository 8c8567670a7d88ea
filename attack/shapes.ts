/** One hostile request. */
export interface Shape {
  readonly name: string;
  readonly path: string;
  readonly contentType: string;
  readonly body: Buffer;
  /** Bytes of each chunk of the body. @default - the body has a length and comes as one */
  readonly chunkBytes?: number;
  /** Statuses of a gateway that does what is right. */
  readonly statuses: readonly number[];
}

const MEGABYTE = 1_000_000;
const CHAT = "/v1/chat/completions";
const REFUSED = [400, 413];
/** Taken and served, or refused by what the model or its context can't do. */
const SERVED = [200, 400, 404, 413];

/** @param model that the gateway serves @param bytes of each body, about; a megabyte is what a gateway takes by default */
export function hostileShapes(model: string, bytes = MEGABYTE): readonly Shape[] {
  return [...structureShapes(model, bytes), ...textShapes(model, bytes), ...wireShapes(model, bytes)];
}

function bodyTools(model: string, bytes: number) {
  const user = { role: "user", content: "a" };
  const chat = (more: object) => ({ model, max_tokens: 1, messages: [user], ...more });
  const json = (name: string, path: string, body: unknown, statuses = REFUSED): Shape => ({
    name,
    path,
    contentType: "application/json",
    body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)).subarray(0, bytes),
    statuses,
  });
  const many = <Item>(each: number, item: (index: number) => Item) =>
    Array.from({ length: Math.floor((0.95 * bytes) / each) }, (_, index) => item(index));
  const fields = (each: number, value: unknown) => Object.fromEntries(many(each, (index) => [`k${index}`, value]));
  return { chat, json, many, fields };
}

/** Too much structure, or too much that is wrong. */
function structureShapes(model: string, bytes: number): readonly Shape[] {
  const { chat, json, many, fields } = bodyTools(model, bytes);
  const deep = Math.floor(bytes / 12);
  return [
    json("deep", CHAT, `{"model":"${model}","messages":[],"x":${'{"a":'.repeat(deep)}1${"}".repeat(deep)}}`),
    json("wide", CHAT, chat({ x: fields(11, 1) })),
    json("many fields", CHAT, { ...chat({}), ...fields(11, 1) }),
    json("wrong names of logit_bias", CHAT, chat({ logit_bias: fields(11, 1) })),
    json("wrong messages", CHAT, chat({ messages: many(28, () => ({ role: 1, content: 1 })) })),
    json("wrong parts", CHAT, chat({ messages: [{ role: "user", content: many(16, () => ({ type: "film" })) }] })),
    json(
      "wrong parts of messages",
      CHAT,
      chat({ messages: many(700, () => ({ role: "user", content: Array(40).fill({ type: "film" }) })) }),
    ),
    json(
      "schema bomb",
      CHAT,
      chat({ response_format: { type: "json_schema", json_schema: { name: "a", schema: doublingSchema() } } }),
    ),
    json(
      "wide schema",
      CHAT,
      chat({
        tools: [
          { type: "function", function: { name: "a", parameters: { anyOf: many(16, () => ({ type: "null" })) } } },
        ],
      }),
    ),
    json("choices", CHAT, chat({ structured_outputs: { choice: many(5, () => "ab") } })),
    json("token ids", "/v1/completions", { model, max_tokens: 1, prompt: many(4, () => 123) }, SERVED),
    json("a wrong token id at the end", "/v1/completions", { model, prompt: [...many(4, () => 123), -1] }),
    json("embedding inputs", "/v1/embeddings", { model, input: many(8, () => "abcde") }),
    json("Messages blocks", "/v1/messages", {
      model,
      max_tokens: 1,
      messages: [{ role: "user", content: many(12, () => ({ type: 1 })) }],
    }),
    json("Responses items", "/v1/responses", { model, input: many(11, () => ({ type: 1 })) }),
  ];
}

/** Texts and numbers that are costly to read. */
function textShapes(model: string, bytes: number): readonly Shape[] {
  const { chat, json } = bodyTools(model, bytes);
  return [
    json("long keys", CHAT, chat({ logit_bias: { ["k".repeat(bytes - 500)]: 1 } })),
    json("huge numbers", CHAT, `{"model":"${model}","messages":[],"temperature":${"9".repeat(bytes - 200)}}`),
    json(
      "infinite numbers",
      CHAT,
      `{"model":"${model}","messages":[{"role":"user","content":"a"}],"x":[${"1e400,".repeat((bytes - 300) / 6)}1]}`,
      SERVED,
    ),
    json("blanks", CHAT, `${" \n".repeat(bytes / 2 - 200)}{"model":"${model}","messages":[]}`),
    json("a long text", CHAT, chat({ messages: [{ role: "user", content: "a".repeat(bytes - 500) }] }), SERVED),
    json(
      "regex food",
      CHAT,
      chat({ temperature: 0, messages: [{ role: "user", content: "A\n1.,".repeat(399) }] }),
      SERVED,
    ),
    json(
      "regex food, long",
      CHAT,
      chat({ messages: [{ role: "user", content: "\n\nA1..,".repeat(bytes / 9) }] }),
      SERVED,
    ),
    json("not JSON", CHAT, `{"model":"${model}","messages":[${'"\\u0041",'.repeat(bytes / 9)}`),
  ];
}

function wireShapes(model: string, bytes: number): readonly Shape[] {
  const body = JSON.stringify({
    model,
    max_tokens: 1,
    messages: [{ role: "user", content: "a" }],
    x: "b".repeat(bytes / 10),
  });
  const part = '--b\r\ncontent-disposition: form-data; name="a"\r\n\r\nx\r\n';
  const form = "multipart/form-data; boundary=b";
  // A gateway without files has no such path; one with keys refuses who has none.
  const statuses = [400, 401, 404, 413];
  return [
    {
      name: "JSON in chunks of one byte",
      path: CHAT,
      contentType: "application/json",
      body: Buffer.from(body),
      chunkBytes: 1,
      statuses: SERVED,
    },
    {
      name: "parts of a form",
      path: "/v1/files",
      contentType: form,
      body: Buffer.from(`${part.repeat(bytes / part.length)}--b--`),
      statuses,
    },
    {
      name: "a form's head without an end",
      path: "/v1/files",
      contentType: form,
      body: Buffer.from(`--b\r\n${"a: b\r\n".repeat(bytes / 6)}`),
      statuses,
    },
  ];
}

/** A kilobyte that means 2^40 alternatives. */
function doublingSchema(): unknown {
  const levels = Array.from({ length: 40 }, (_, level) => {
    const next = { $ref: `#/$defs/d${level + 1}` };
    return [`d${level}`, level === 39 ? { type: "null" } : { anyOf: [next, next] }] as const;
  });
  return { $ref: "#/$defs/d0", $defs: Object.fromEntries(levels) };
}
