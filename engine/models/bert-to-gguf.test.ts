import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readGgufFileInfo } from "node-llama-cpp";
import { expect, onTestFinished, test } from "vitest";
import { writeBertGguf } from "./bert-to-gguf.ts";

/** A safetensors file of these shapes, filled with 0, 1, 2, … */
function safetensors(shapes: Readonly<Record<string, readonly number[]>>): Buffer {
  let offset = 0;
  const parts: Buffer[] = [];
  const head = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const values = Float32Array.from({ length: shape.reduce((all, each) => all * each, 1) }, (_, index) => index);
      const bytes = Buffer.from(values.buffer);
      parts.push(bytes);
      offset += bytes.length;
      return [name, { dtype: "F32", shape, data_offsets: [offset - bytes.length, offset] }];
    }),
  );
  const text = Buffer.from(JSON.stringify({ __metadata__: { format: "pt" }, ...head }));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([size, text, ...parts]);
}

test("a BERT model becomes a GGUF file with llama.cpp's names, its shape, and its vocabulary by word beginnings", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sluice-bert-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = (name: string) => join(folder, name);
  await writeFile(
    file("model.safetensors"),
    safetensors({
      "embeddings.word_embeddings.weight": [7, 4],
      "embeddings.position_embeddings.weight": [16, 4],
      "embeddings.token_type_embeddings.weight": [2, 4],
      "embeddings.LayerNorm.bias": [4],
      "encoder.layer.0.attention.self.query.weight": [4, 4],
      "encoder.layer.0.intermediate.dense.weight": [8, 4],
      "encoder.layer.0.output.dense.weight": [4, 8],
      "pooler.dense.weight": [4, 4],
    }),
  );
  await writeFile(file("vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nplay\n##ing\n");
  const shape = { layers: 1, heads: 2, contextTokens: 16, epsilon: 1e-12 };
  const source = { weights: file("model.safetensors"), vocabulary: file("vocab.txt"), name: "tiny", ...shape };
  await writeBertGguf(source, file("tiny.gguf"));
  const { metadata, fullTensorInfo = [] } = await readGgufFileInfo(file("tiny.gguf"));
  expect(metadata).toMatchObject({
    general: { architecture: "bert", name: "tiny" },
    bert: {
      block_count: 1,
      context_length: 16,
      embedding_length: 4,
      feed_forward_length: 8,
      attention: { head_count: 2, causal: false },
      pooling_type: 1,
    },
    tokenizer: { ggml: { model: "bert", tokens: ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "\u2581play", "ing"] } },
  });
  // GGML's types: 0 is single precision, 1 half.
  const tensors = fullTensorInfo.map(({ name, dimensions, ggmlType }) => [name, dimensions.map(Number), ggmlType]);
  expect(tensors).toEqual([
    ["token_embd.weight", [4, 7], 1],
    ["position_embd.weight", [4, 16], 0],
    ["token_types.weight", [4, 2], 0],
    ["token_embd_norm.bias", [4], 0],
    ["blk.0.attn_q.weight", [4, 4], 1],
    ["blk.0.ffn_up.weight", [4, 8], 1],
    ["blk.0.ffn_down.weight", [8, 4], 1],
  ]);
});
