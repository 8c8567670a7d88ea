import { ENV } from "../../contracts/processes/process-environment.ts";

/** Memory of the KV cache in GiB; 4,096 tokens of the default model take 0.1. */
const KV_CACHE_GIB = "1";

/**
 * Environment variables of a vLLM on this machine's CPU, beside those of this process. Its threads run on any core: by
 * default each vLLM binds its threads to the first cores, so that several engines share one core and none has the others.
 * @param env this process's own; a `VLLM_CPU_OMP_THREADS_BIND` there is left as it is
 */
export function cpuEnvironment(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  return {
    VLLM_CPU_KVCACHE_SPACE: KV_CACHE_GIB,
    VLLM_CPU_OMP_THREADS_BIND: env.VLLM_CPU_OMP_THREADS_BIND || "nobind",
    OMP_NUM_THREADS: env[ENV.engineThreads] || "1",
    HF_HUB_OFFLINE: "1",
    VLLM_NO_USAGE_STATS: "1",
  };
}
