import { describe, expect, test } from "vitest";
import { cpuArguments } from "./cpu-arguments.ts";

const OPTIONS = { model: "/models/tiny", host: "127.0.0.1", port: 4711, maxContext: 4096 };

describe("vLLM's arguments on a CPU", () => {
  test("are the synthesized ones without a GPU's, with this machine's model and address", () => {
    const synthesized =
      "--model /opt/sluice/weights --served-model-name phi --port 8000 --max-model-len 131072 --max-num-seqs 32 " +
      "--max-num-queued-reqs 48 --tensor-parallel-size 8 --gpu-memory-utilization 0.9 --dtype half " +
      "--enable-auto-tool-choice --tool-call-parser hermes --enable-prefix-caching";
    expect(cpuArguments(synthesized.split(" "), OPTIONS).join(" ")).toBe(
      "/models/tiny --host 127.0.0.1 --port 4711 --max-model-len 4096 --max-num-seqs 8 --enforce-eager " +
        "--served-model-name phi --max-num-queued-reqs 48 --enable-auto-tool-choice --tool-call-parser hermes " +
        "--enable-prefix-caching",
    );
  });

  test("have what a pool adds, but for what only a GPU does", () => {
    const added =
      '--kv-cache-dtype fp8 --cudagraph-capture-sizes 1 2 4 --no-enforce-eager --compilation-config {"mode":3} ' +
      "--max-num-batched-tokens 4096 --seed -1 --no-enable-prefix-caching --disable-custom-all-reduce";
    const args = cpuArguments(added.split(" "), OPTIONS).join(" ");
    expect(args).toContain(" --enforce-eager --max-num-batched-tokens 4096 --seed -1 --no-enable-prefix-caching");
    expect(args).not.toMatch(/kv-cache|cudagraph|no-enforce|compilation|"mode"|all-reduce/);
  });

  test("keep a smaller context and fewer sequences", () => {
    const args = cpuArguments(["--max-model-len", "512", "--max-num-seqs", "2"], OPTIONS).join(" ");
    expect(args).toContain("--max-model-len 512 --max-num-seqs 2");
  });
});
