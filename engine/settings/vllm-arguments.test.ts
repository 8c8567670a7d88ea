import { describe, expect, test } from "vitest";
import { parseEngineArguments } from "./vllm-arguments.ts";

describe("engine arguments", () => {
  test("are read in both of vLLM's spellings, and what a CPU has no use for is passed over", () => {
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
    [["--max-num-seqs", "many"], /--max-num-seqs must be a whole number from 1, got "many"/],
    [["--max-num-seqs"], /--max-num-seqs needs a value/],
    [["--max-model-length", "1"], /--max-model-length is not one of vLLM's arguments/],
    [["--enable-prefix-caching", "yes"], /--enable-prefix-caching is a switch and takes no value, got yes/],
    [["--dtype", "half", "auto"], /--dtype takes one value, got 2/],
    [["4096"], /starts with "--", got "4096"/],
  ])("%j is refused with the argument's name", (words, message) => {
    expect(() => parseEngineArguments(words)).toThrow(message);
  });
});
