import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { NAME, SignedSource } from "../test/signed-source.ts";
import { missingTools, run } from "../test/tools.ts";

const missing = missingTools("bash", "openssl", "jq", "tar");
const files = join(import.meta.dirname, "files");
const KEY = "nvidia-a10g-0123456789ab";
let signed: SignedSource;

/** Runs a script as on an engine with an A10G; its data folder is beside the source. */
function onEngine(script: string, ...args: string[]) {
  return run(join(files, script), args, {
    SLUICE_GPU_NAME: "NVIDIA A10G",
    SLUICE_IMAGE_FILE: join(signed.root, "image"),
    SLUICE_DOCKER: join(signed.root, "docker"),
    SLUICE_DATA_FOLDER: join(signed.root, "data"),
    SLUICE_MANIFEST_KEY: signed.publicKey,
    SLUICE_WEIGHTS_URI: `file://${signed.source}/`,
  });
}
const kernel = () => join(signed.root, "data/vllm-cache/torch_compile_cache/abc/kernel.so");

/** An engine compiles; an operator signs the result and uploads it beside the weights. */
function publishCache(): void {
  mkdirSync(join(kernel(), ".."), { recursive: true });
  writeFileSync(kernel(), "compiled");
  expect(onEngine("save-compile-cache.sh", join(signed.source, "compile-cache")).status).toBe(0);
  const folder = join(signed.source, "compile-cache", KEY);
  expect(signed.sign(`${NAME}/compile-cache/${KEY}`, signed.privateKey, folder).status).toBe(0);
  run("rm", ["-rf", join(signed.root, "data")]);
}

beforeEach(() => {
  signed = new SignedSource();
  signed.sign();
  writeFileSync(join(signed.root, "image"), `vllm/vllm-openai@sha256:0123456789abcdef${"0".repeat(48)}\n`);
});
afterEach(() => signed.remove());

describe("the compile cache", () => {
  beforeEach(({ skip }) => skip(missing !== undefined, missing));

  test("is named after GPU and vLLM image", () => {
    expect(onEngine("compile-cache-key.sh").stdout.trim()).toBe(KEY);
  });

  test("comes with the weights, when an engine of the same kind saved it", () => {
    publishCache();
    const { status, stderr } = onEngine("fetch-weights.sh");
    expect(status, stderr).toBe(0);
    expect(readFileSync(kernel(), "utf8")).toBe("compiled");
    expect(existsSync(join(signed.root, "data/weights/config.json"))).toBe(true);
  });

  test("is not needed: without one the engine starts and compiles", () => {
    const { status, stderr } = onEngine("fetch-weights.sh");
    expect(stderr).toContain(`none for ${KEY}; vLLM compiles now`);
    expect(status).toBe(0);
  });

  test("is code: a changed one is not unpacked, and the engine starts without it", () => {
    publishCache();
    writeFileSync(join(signed.source, "compile-cache", KEY, "cache.tar.gz"), "something else");
    const { status, stderr } = onEngine("fetch-weights.sh");
    expect(stderr).toContain(`the one for ${KEY} is not used`);
    expect(status).toBe(0);
    expect(existsSync(kernel())).toBe(false);
  });

  test("refused weights prevent the start of the engine", () => {
    signed.write("config.json", "changed");
    expect(onEngine("fetch-weights.sh").status).toBe(1);
  });

  test("a cache is saved only when something was compiled", () => {
    const { status, stderr } = onEngine("save-compile-cache.sh", join(signed.root, "out"));
    expect(status).toBe(1);
    expect(stderr).toContain("nothing compiled");
  });
});
