/** Options that only a GPU uses, or that this machine's CPU may not be able to do; a switch is here without its `--no-` form. */
const FOR_GPUS = new Set([
  ...[
    "--tensor-parallel-size",
    "--data-parallel-size",
    "--api-server-count",
    "--decode-context-parallel-size",
    "--enable-expert-parallel",
    "--disable-custom-all-reduce",
  ],
  ...["--gpu-memory-utilization", "--cpu-offload-gb", "--cpu-offload-params", "--kv-offloading-size"],
  ...["--kv-offloading-backend", "--offload-backend", "--offload-group-size", "--offload-num-in-group"],
  ...["--offload-prefetch-step", "--offload-params", "--enable-sleep-mode", "--enable-cumem-allocator"],
  ...["--dtype", "--kv-cache-dtype", "--quantization", "--quantization-config", "--load-format", "--block-size"],
  ...["--attention-backend", "--attention-config", "--kernel-config", "--moe-backend", "--linear-backend"],
  ...["--all2all-backend", "--enable-flashinfer-autotune", "--enable-dbo", "--ubatch-size"],
  ...["--enforce-eager", "--optimization-level", "--performance-mode", "--compilation-config"],
  ...["--cudagraph-capture-sizes", "--max-cudagraph-capture-size", "--cudagraph-metrics"],
  ...["--speculative-config", "--spec-method", "--spec-model", "--spec-tokens"],
]);
/** Options whose value holds on this machine. */
const REPLACED = new Set(["--model", "--port", "--tokenizer", "--max-model-len", "--max-num-seqs"]);
/** Above this, more sequences share a few cores without more throughput. */
const MAX_SEQUENCES = 8;

export interface CpuArgumentsOptions {
  /** Folder of the weights. */
  readonly model: string;
  readonly host: string;
  readonly port: number;
  /** Longest context in tokens that fits into memory. */
  readonly maxContext: number;
}

/**
 * The command line of `vllm serve` on a CPU: the synthesized arguments of an instance without those of
 * a GPU. All others are passed to vLLM unchanged, which refuses unknown ones.
 */
export function cpuArguments(synthesized: readonly string[], options: CpuArgumentsOptions): readonly string[] {
  const values = new Map<string, string>();
  const others: string[] = [];
  let option = "";
  for (const word of synthesized) {
    if (word.startsWith("--")) option = word.replace(/^--no-/, "--");
    else if (REPLACED.has(option)) values.set(option, word);
    if (!FOR_GPUS.has(option) && !REPLACED.has(option)) others.push(word);
  }
  const atMost = (name: string, most: number) => String(Math.min(most, Number(values.get(name) ?? most)));
  return [
    options.model,
    ...["--host", options.host, "--port", String(options.port)],
    ...["--max-model-len", atMost("--max-model-len", options.maxContext)],
    ...["--max-num-seqs", atMost("--max-num-seqs", MAX_SEQUENCES)],
    "--enforce-eager", // compiling takes minutes on a few cores
    ...others,
  ];
}
