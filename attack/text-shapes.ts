import { CHAT_PATH as CHAT, REFUSED, SERVED, type Shape, type ShapeBuilder } from "./shape.ts";

/** Texts and numbers that are costly to read. */
export function textShapes(build: ShapeBuilder): readonly Shape[] {
  const { model, bytes } = build;
  const text = (name: string, piece: string) =>
    build.json(name, CHAT, build.content(repeated(piece, bytes - 500)), SERVED);
  return [
    build.json("long keys", CHAT, build.chat({ logit_bias: { ["k".repeat(bytes - 500)]: 1 } })),
    build.json("a long key", CHAT, build.chat({ ["k".repeat(bytes - 500)]: 1 }), SERVED),
    build.json("a long model name", CHAT, { ...build.chat({}), model: "m".repeat(bytes - 500) }, [404, 400]),
    build.json("huge numbers", CHAT, `{"model":"${model}","messages":[],"temperature":${"9".repeat(bytes - 200)}}`),
    build.json(
      "infinite numbers",
      CHAT,
      `{"model":"${model}","messages":[{"role":"user","content":"a"}],"x":[${"1e400,".repeat((bytes - 300) / 6)}1]}`,
      SERVED,
    ),
    build.json(
      "numbers of many digits",
      CHAT,
      `{"model":"${model}","x":[${"0.1234567890123456789e-300,".repeat(bytes / 28)}1]}`,
    ),
    build.json("a long seed", CHAT, `{"model":"${model}","messages":[],"seed":-${"1".repeat(bytes - 200)}}`),
    build.json("blanks", CHAT, `${" \n".repeat(bytes / 2 - 200)}{"model":"${model}","messages":[]}`),
    build.json("not JSON", CHAT, `{"model":"${model}","messages":[${'"\\u0041",'.repeat(bytes / 9)}`),
    build.json("an open text", CHAT, `{"model":"${"\\\\".repeat(bytes / 2 - 10)}`),
    text("a long text", "a"),
    text("lone surrogates", "\ud800"),
    text("characters outside of the plane", "\u{1f469}\u200d\u{1f469}\u200d\u{1f467}"),
    text("marks on one letter", "\u0301"),
    text("control characters", "\u0000"),
    text("changes of direction", "\u202e\u2066"),
    {
      ...build.json("bytes that are no UTF-8", CHAT, ""),
      body: Buffer.concat([Buffer.from(`{"model":"`), Buffer.alloc(bytes - 10, 0xff)]),
    },
    {
      ...build.json("UTF-16", CHAT, "", REFUSED),
      body: Buffer.from(`\ufeff${JSON.stringify(build.content("a".repeat(bytes / 2 - 200)))}`, "utf16le"),
    },
    build.json(
      "regex food",
      CHAT,
      build.chat({ temperature: 0, messages: [{ role: "user", content: "A\n1.,".repeat(399) }] }),
      SERVED,
    ),
    text("regex food, long", "\n\nA1..,"),
    build.json(
      "words of the query",
      CHAT,
      build.chat({ temperature: 0, messages: [{ role: "user", content: repeated("Who is A B C, ", 1900) }] }),
      SERVED,
    ),
  ];
}

/** A text whose JSON has about so many bytes. */
function repeated(piece: string, bytes: number): string {
  const each = Buffer.byteLength(JSON.stringify(piece)) - 2;
  return piece.repeat(Math.floor(bytes / each));
}
