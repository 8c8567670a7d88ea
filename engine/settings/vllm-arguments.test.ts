import { describe, expect, test } from "vitest";
import { VLLM_OPTIONS } from "../../contracts/engine/vllm-options.ts";
import { parseEngineArguments } from "./vllm-arguments.ts";

describe("engine arguments", () => {
  test("are read in both of vLLM's spellings, and those without effect on a CPU are ignored", () => {
    const words = ["--model", "/opt/w", "--served-model-name", "a", "b", "--max-model-len=4k", "--max-num-seqs", "32"];
    const more = ["--max_num_queued_reqs", "64", "--tensor-parallel-size", "8", "--enable-prefix-caching"];
    expect(parseEngineArguments([...words, ...more, "--no-enable-chunked-prefill"])).toEqual({
      servedModelNames: ["a", "b"],
      model: "/opt/w",
      maxModelLength: 4000,
      maxSequences: 32,
      maxRequests: 64,
    });
  });

  test.each([
    [["-tp", "2", "-O3", "-ep", "--seed", "-1"], null],
    [["--compilation-config.mode", "3", "--compilation-config.pass_config.fuse_norm_quant=true"], null],
    [["--hf-token", "--disable-log-stats", "--api-key", "a", "b", "--lora-modules", "a=/a", "b=/b"], null],
    [["--max-model-len", "auto"], null],
    [["--max-model-len", "25.6k"], 25_600],
    [["--max-model-len", "2K"], 2048],
    [["--max-model-len", "1m"], 1_000_000],
  ])("%j is read as vLLM reads it", (words, maxModelLength) => {
    expect(parseEngineArguments(words)).toMatchObject({ maxModelLength });
  });

  test("every option of the pinned vLLM is accepted", () => {
    for (const [name, takes] of Object.entries(VLLM_OPTIONS.options)) {
      if (["--max-model-len", "--max-num-seqs", "--max-num-queued-reqs"].includes(name)) continue;
      const words = { value: ["1"], values: ["1", "2"], "optional value": [], switch: [], flag: [] }[takes];
      expect(() => parseEngineArguments([name, ...words]), name).not.toThrow();
      if (takes === "switch") expect(() => parseEngineArguments([name.replace("--", "--no-")]), name).not.toThrow();
    }
  });

  test.each([
    "--swap-space",
    "--max-seq-len-to-capture",
    "--rope-scaling",
    "--guided-decoding-backend",
    "--no-headless",
  ])("%s, which the pinned vLLM does not have, is refused", (name) => {
    expect(() => parseEngineArguments([name])).toThrow(`${name} is not one of vLLM's arguments`);
  });

  test("the error of a misspelled argument suggests the closest one, and no other suggests an argument", () => {
    expect(() => parseEngineArguments(["--max-model-length", "1"])).toThrow(
      `--max-model-length is not one of vLLM's arguments (${VLLM_OPTIONS.version}); did you mean --max-model-len?`,
    );
    expect(() => parseEngineArguments(["--quite-unlike-any"])).toThrow(/; omit it$/);
  });

  test.each([
    [["--max-num-seqs", "many"], /--max-num-seqs must be a whole number from 1, got "many"/],
    [["--max-num-seqs"], /--max-num-seqs needs a value/],
    [["--max-model-length", "1"], /--max-model-length is not one of vLLM's arguments/],
    [["--enable-prefix-caching", "yes"], /--enable-prefix-caching is a switch and takes no value, got yes/],
    [["--dtype", "half", "auto"], /--dtype takes one value, got 2/],
    [["--max-num-seqs", "4k"], /--max-num-seqs must be a whole number from 1, got "4k"/],
    [["--max-model-len", "1.5K"], /--max-model-len must be a whole number from 1, got "1.5K"/],
    [["--dtype.key", "1", "2"], /--dtype\.key takes one value, got 2/],
    [["--enforce-eager.key", "1"], /--enforce-eager has no keys, got --enforce-eager\.key/],
    [["--constructor", "1"], /--constructor is not one of vLLM's arguments/],
    [["4096"], /starts with "--", got "4096"/],
  ])("%j is refused with the argument's name", (words, message) => {
    expect(() => parseEngineArguments(words)).toThrow(message);
  });
});
