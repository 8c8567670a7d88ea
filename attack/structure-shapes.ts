import { CHAT_PATH as CHAT, SERVED, type Shape, type ShapeBuilder } from "./shape.ts";

/** Bodies with too much structure, or with too much that is wrong. */
export function structureShapes(build: ShapeBuilder): readonly Shape[] {
  const { model, bytes } = build;
  const deep = Math.floor(bytes / 12);
  return [
    build.json("deep", CHAT, `{"model":"${model}","messages":[],"x":${'{"a":'.repeat(deep)}1${"}".repeat(deep)}}`),
    build.json("deep lists", CHAT, `{"model":"${model}","messages":${"[".repeat(bytes / 2 - 50)}`),
    build.json("wide", CHAT, build.chat({ x: build.fields(11, 1) })),
    build.json("many fields", CHAT, { ...build.chat({}), ...build.fields(11, 1) }),
    build.json("one field again and again", CHAT, `{"model":"${model}"${',"a":1'.repeat(bytes / 7)}}`),
    build.json("prototypes", CHAT, prototypes(build)),
    build.json("fields named as methods", CHAT, methods(build), SERVED),
    build.json("wrong names of logit_bias", CHAT, build.chat({ logit_bias: build.fields(11, 1) })),
    build.json("wrong messages", CHAT, build.chat({ messages: build.many(28, () => ({ role: 1, content: 1 })) })),
    build.json("wrong parts", CHAT, build.content(build.many(16, () => ({ type: "film" })))),
    build.json(
      "wrong parts of messages",
      CHAT,
      build.chat({ messages: build.many(700, () => ({ role: "user", content: Array(40).fill({ type: "film" }) })) }),
    ),
    build.json("choices", CHAT, build.chat({ structured_outputs: { choice: build.many(5, () => "ab") } })),
    build.json("stop sequences", CHAT, build.chat({ stop: build.many(7, () => "stop") })),
    build.json("a long stop sequence", CHAT, build.chat({ stop: "s".repeat(bytes - 500) }), SERVED),
    ...tokenShapes(build),
    ...otherDialects(build),
    ...mediaShapes(build),
  ];
}

function tokenShapes(build: ShapeBuilder): readonly Shape[] {
  const { model } = build;
  const ids = build.many(4, () => 123);
  return [
    build.json("token ids", "/v1/completions", { model, max_tokens: 1, prompt: ids }, SERVED),
    build.json("a wrong token id at the end", "/v1/completions", { model, prompt: [...ids, -1] }),
    build.json("lists of one token id", "/v1/completions", { model, prompt: build.many(4, () => [1]) }),
    build.json("embedding inputs", "/v1/embeddings", { model, input: build.many(8, () => "abcde") }),
    build.json("moderation inputs", "/v1/moderations", { model, input: build.many(8, () => "abcde") }, SERVED),
    build.json("a text to tokenize", "/tokenize", { model, prompt: "a1 ".repeat(build.bytes / 3 - 100) }, SERVED),
    build.json("token ids to turn into text", "/detokenize", { model, tokens: ids }, SERVED),
  ];
}

function otherDialects(build: ShapeBuilder): readonly Shape[] {
  const { model } = build;
  const message = (content: unknown) => ({ model, max_tokens: 1, messages: [{ role: "user", content }] });
  return [
    build.json("Messages blocks", "/v1/messages", message(build.many(12, () => ({ type: 1 })))),
    build.json(
      "Messages results without calls",
      "/v1/messages",
      message(build.many(50, (index) => ({ type: "tool_result", tool_use_id: `t${index}`, content: "" }))),
      SERVED,
    ),
    build.json("Messages tokens", "/v1/messages/count_tokens", message("a ".repeat(build.bytes / 2 - 200)), SERVED),
    build.json("Responses items", "/v1/responses", { model, input: build.many(11, () => ({ type: 1 })) }),
    build.json(
      "Responses references",
      "/v1/responses",
      { model, input: build.many(45, (index) => ({ type: "item_reference", id: `msg_${index}` })) },
      SERVED,
    ),
    build.json(
      "a response before this one with a long id",
      "/v1/responses",
      { model, input: "a", previous_response_id: `resp_${"a".repeat(build.bytes - 500)}` },
      SERVED,
    ),
  ];
}

/** Images whose heads promise more than there is. */
function mediaShapes(build: ShapeBuilder): readonly Shape[] {
  const image = (url: string) => ({ type: "image_url", image_url: { url } });
  const png = `data:image/png;base64,${Buffer.from(
    "89504e470d0a1a0a0000000d49484452ffffffffffffffff0806000000",
    "hex",
  ).toString("base64")}`;
  // Segments of a JPEG without a frame: each has to be passed over to find the size.
  const segments = Buffer.alloc(Math.floor(0.7 * build.bytes), Buffer.from("ffe10002", "hex")).toString("base64");
  return [
    build.json("an image of 2^32 by 2^32 pixels", CHAT, build.content([image(png)]), SERVED),
    build.json("images of 2^32 by 2^32 pixels", CHAT, build.content(build.many(130, () => image(png))), SERVED),
    build.json("a JPEG of segments", CHAT, build.content([image(`data:image/jpeg;base64,/9j/${segments}`)]), SERVED),
    build.json("images without bytes", CHAT, build.content(build.many(60, () => image("data:;base64,"))), SERVED),
    build.json(
      "a PDF of page marks",
      CHAT,
      build.content([
        {
          type: "file",
          file: {
            file_data: `data:application/pdf;base64,${Buffer.from(
              `%PDF-1.7 ${"/Type /Page ".repeat((0.7 * build.bytes) / 12)}`,
            ).toString("base64")}`,
          },
        },
      ]),
      SERVED,
    ),
    build.json(
      "sound that is none",
      CHAT,
      build.content([{ type: "input_audio", input_audio: { format: "wav", data: "UklGR/////9XQVZF".repeat(50_000) } }]),
      SERVED,
    ),
  ];
}

/** As text: an object literal would set its own prototype. */
function prototypes({ model, bytes }: ShapeBuilder): string {
  const levels = 30;
  const nested = `${'{"__proto__":'.repeat(levels)}{"admin":true}${"}".repeat(levels)}`;
  const list = Array(Math.floor(bytes / (nested.length + 1)) - 1).fill(nested);
  return `{"model":"${model}","messages":[{"role":"user","content":"a"}],"__proto__":{"stream":true},"x":[${list}]}`;
}

function methods(build: ShapeBuilder): object {
  const names = ["constructor", "toString", "valueOf", "hasOwnProperty", "then", "toJSON", "length"];
  const own = Object.fromEntries(names.map((name) => [name, { prototype: "x".repeat(1000) }]));
  return build.chat({ ...own, metadata: own, tool_choice: "none" });
}
