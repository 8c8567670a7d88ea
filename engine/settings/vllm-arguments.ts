/** What the local engine takes from vLLM's arguments; the rest is accepted and has no meaning on a CPU. */
export interface EngineArguments {
  /** `--served-model-name`: the names under which requests may call the model; empty when not given. */
  readonly servedModelNames: readonly string[];
  /** `--model`: where the weights lie on AWS. */
  readonly model: string | null;
  /** `--max-model-len`: context in tokens. */
  readonly maxModelLength: number | null;
  /** `--max-num-seqs`: sequences that decode together. */
  readonly maxSequences: number | null;
  /** `--max-num-queued-reqs`: requests running and waiting; the next one is refused. */
  readonly maxRequests: number | null;
}

/** An engine argument that is missing its value, has a bad one, or is not one of vLLM's. */
export class ArgumentError extends Error {
  override readonly name = "ArgumentError";
}

/** Arguments that the local engine acts on. */
const USED = ["--model", "--served-model-name", "--max-model-len", "--max-num-seqs", "--max-num-queued-reqs"] as const;

/** vLLM's arguments with a value that mean nothing on a CPU. */
const VALUED = new Set([
  "--host",
  "--port",
  "--tokenizer",
  "--tokenizer-mode",
  "--revision",
  "--code-revision",
  "--tokenizer-revision",
  "--download-dir",
  "--load-format",
  "--config-format",
  "--dtype",
  "--quantization",
  "--kv-cache-dtype",
  "--block-size",
  "--gpu-memory-utilization",
  "--kv-cache-memory-bytes",
  "--swap-space",
  "--cpu-offload-gb",
  "--tensor-parallel-size",
  "--pipeline-parallel-size",
  "--data-parallel-size",
  "--distributed-executor-backend",
  "--max-num-batched-tokens",
  "--max-seq-len-to-capture",
  "--max-logprobs",
  "--num-gpu-blocks-override",
  "--compilation-config",
  "--generation-config",
  "--override-generation-config",
  "--hf-overrides",
  "--rope-scaling",
  "--rope-theta",
  "--seed",
  "--chat-template",
  "--chat-template-content-format",
  "--response-role",
  "--tool-call-parser",
  "--reasoning-parser",
  "--guided-decoding-backend",
  "--structured-outputs-config",
  "--scheduling-policy",
  "--preemption-mode",
  "--speculative-config",
  "--kv-transfer-config",
  "--kv-events-config",
  "--max-loras",
  "--max-lora-rank",
  "--max-cpu-loras",
  "--lora-modules",
  "--limit-mm-per-prompt",
  "--uvicorn-log-level",
  "--api-key",
  "--root-path",
  "--disable-log-level",
  "--otlp-traces-endpoint",
  "--prefix-caching-hash-algo",
  "--optimization-level",
  "--safetensors-load-strategy",
]);

/** vLLM's switches; each also exists as `--no-…`. */
const SWITCHES = new Set([
  "--trust-remote-code",
  "--enforce-eager",
  "--enable-prefix-caching",
  "--enable-chunked-prefill",
  "--enable-auto-tool-choice",
  "--enable-lora",
  "--enable-expert-parallel",
  "--enable-sleep-mode",
  "--enable-server-load-tracking",
  "--enable-prompt-tokens-details",
  "--enable-force-include-usage",
  "--enable-request-id-headers",
  "--enable-log-requests",
  "--enable-log-outputs",
  "--disable-log-requests",
  "--disable-log-stats",
  "--disable-uvicorn-access-log",
  "--disable-custom-all-reduce",
  "--disable-fastapi-docs",
  "--disable-sliding-window",
  "--disable-cascade-attn",
  "--disable-hybrid-kv-cache-manager",
  "--async-scheduling",
  "--calculate-kv-scales",
  "--return-tokens-as-token-ids",
  "--skip-tokenizer-init",
]);

type UsedArgument = (typeof USED)[number];

function isUsed(name: string): name is UsedArgument {
  return USED.some((used) => used === name);
}

/**
 * Reads vLLM arguments, as they stand in `SLUICE_ENGINE_ARGUMENTS` (already split: `["--max-model-len", "4096"]`).
 * Throws ArgumentError with the argument's name for anything vLLM would not take either.
 */
export function parseEngineArguments(words: readonly string[]): EngineArguments {
  const values = new Map<UsedArgument, readonly string[]>();
  let at = 0;
  while (at < words.length) {
    const word = words[at] ?? "";
    if (!word.startsWith("--")) {
      throw new ArgumentError(`Expected an argument that starts with "--", got ${JSON.stringify(word)}.`);
    }
    at += 1;
    const equals = word.indexOf("=");
    const name = (equals < 0 ? word : word.slice(0, equals)).replaceAll("_", "-");
    const given: string[] = equals < 0 ? [] : [word.slice(equals + 1)];
    while (equals < 0 && at < words.length && !words[at]?.startsWith("--")) {
      given.push(words[at] ?? "");
      at += 1;
    }
    check(name, given);
    if (isUsed(name)) values.set(name, given);
  }
  return {
    servedModelNames: values.get("--served-model-name") ?? [],
    model: values.get("--model")?.[0] ?? null,
    maxModelLength: count(values, "--max-model-len"),
    maxSequences: count(values, "--max-num-seqs"),
    maxRequests: count(values, "--max-num-queued-reqs"),
  };
}

function check(name: string, given: readonly string[]): void {
  if (isUsed(name) || VALUED.has(name)) {
    if (given.length === 0) throw new ArgumentError(`${name} needs a value.`);
    if (given.length > 1 && name !== "--served-model-name" && name !== "--lora-modules") {
      throw new ArgumentError(`${name} takes one value, got ${given.length}: ${given.join(" ")}.`);
    }
    return;
  }
  if (!SWITCHES.has(name) && !SWITCHES.has(name.replace(/^--no-/, "--"))) {
    throw new ArgumentError(`${name} is not one of vLLM's arguments; check its spelling.`);
  }
  if (given.length > 0) throw new ArgumentError(`${name} is a switch and takes no value, got ${given.join(" ")}.`);
}

function count(values: ReadonlyMap<UsedArgument, readonly string[]>, name: UsedArgument): number | null {
  const text = values.get(name)?.[0];
  if (text === undefined) return null;
  // vLLM takes 4k and 4K as well: 1000 and 1024 times.
  const match = /^(\d+)([kK]?)$/.exec(text);
  const value = Number(match?.[1]) * (match?.[2] === "k" ? 1000 : match?.[2] === "K" ? 1024 : 1);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new ArgumentError(`${name} must be a whole number from 1, got ${JSON.stringify(text)}.`);
  }
  return value;
}
