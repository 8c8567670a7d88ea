import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { NAME, SignedSource } from "./test/signed-source.ts";
import { missingTools } from "./test/tools.ts";

const missing = missingTools("bash", "openssl", "jq", "awk");
let signed: SignedSource;
beforeEach(() => {
  signed = new SignedSource();
});
afterEach(() => signed.remove());

/** Paths in the manifest beside those that every test's folder has. */
function signedFiles(): readonly string[] {
  const manifest: { files: readonly { path: string }[] } = JSON.parse(
    readFileSync(join(signed.source, "manifest.json"), "utf8"),
  );
  return manifest.files.map(({ path }) => path);
}
const COMMON = ["config.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
const sign = (...options: readonly string[]) => signed.sign(NAME, undefined, undefined, options);

describe("a manifest of weights", () => {
  beforeEach(({ skip }) => skip(missing !== undefined, missing));

  // documented: weights-in-one-form
  test("holds one form of the weights: neither Llama's original checkpoints nor those of other programs", () => {
    const others = [
      "original/consolidated.00.pth",
      "original/params.json",
      "consolidated.safetensors",
      "model-Q4_K_M.gguf",
      "onnx/model.onnx",
      "pytorch_model-00001-of-00002.bin",
      "pytorch_model.bin.index.json",
    ];
    for (const path of others) signed.write(path, "the same weights");
    signed.write("model.safetensors.index.json", "{}");
    const { status, stdout, stderr } = sign();
    expect([status, signedFiles()]).toEqual([0, [...COMMON, "model.safetensors.index.json", "sub/tokenizer.json"]]);
    expect(stderr).toContain("original/* is left out");
    expect(stdout).toContain("--exclude 'original/*'");
    expect(stdout).toContain("--exclude 'consolidated.safetensors'");
    expect(signed.fetch().status).toBe(0);
  });

  test("holds Mistral's own form where the engine loads that", () => {
    signed.write("consolidated.safetensors", "the same weights");
    signed.write("model.safetensors.index.json", "{}");
    expect(sign("--mistral").status).toBe(0);
    expect(signedFiles()).toEqual(["config.json", "consolidated.safetensors", "sub/tokenizer.json"]);
  });

  test("is refused in Mistral's form where there is none", () => {
    const { status, stderr } = sign("--mistral");
    expect([status, stderr]).toEqual([1, expect.stringContaining("leave --mistral out")]);
  });

  test("holds a form of which there is no other beside it", () => {
    signed.write("pooling/pytorch_model.bin", "a layer that the safetensors don't have");
    signed.write("sparse_linear.pt", "likewise");
    expect(sign().status).toBe(0);
    expect(signedFiles()).toEqual([...COMMON, "pooling/pytorch_model.bin", "sparse_linear.pt", "sub/tokenizer.json"]);
  });

  test("of a compile cache holds every file", () => {
    const cache = join(signed.root, "cache");
    const paths = ["consolidated.pth", "original/graph.bin"];
    for (const path of paths) signed.write(path, "{}", cache);
    expect(signed.sign("x/compile-cache/a10g", undefined, cache).status).toBe(0);
    const { files } = JSON.parse(readFileSync(join(cache, "manifest.json"), "utf8"));
    expect(files.map(({ path }: { path: string }) => path)).toEqual(paths);
  });
});
