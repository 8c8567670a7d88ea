/** Options that only a GPU uses, each with one value. */
const FOR_GPUS = new Set(["--tensor-parallel-size", "--gpu-memory-utilization", "--dtype"]);
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
  for (let at = 0; at < synthesized.length; at++) {
    const word = synthesized[at] ?? "";
    if (!FOR_GPUS.has(word) && !REPLACED.has(word)) others.push(word);
    else values.set(word, synthesized[++at] ?? "");
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
