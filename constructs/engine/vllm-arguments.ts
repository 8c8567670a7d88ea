import { catalogInstanceType } from "../../catalog/instance-types.ts";
import { catalogModel } from "../../catalog/models.ts";
import { ENGINE_PORT } from "../../contracts/processes/process-environment.ts";
import { catalogueWords, engineArgumentWords } from "../../domain/engine-arguments.ts";
import { GPU_MEMORY_UTILIZATION } from "../../domain/model-fit.ts";
import type { PoolSettings } from "../../settings/environment.ts";

export interface VllmArgumentsProps
  extends Pick<
    PoolSettings,
    | "model"
    | "instanceType"
    | "tensorParallel"
    | "replicasPerInstance"
    | "contextTokens"
    | "maxSequences"
    | "maxQueued"
    | "engineArguments"
  > {
  /** Public name of the pool: what callers write in `model`. */
  readonly servedName: string;
}

/** Folder of the weights in the machine image. */
export const WEIGHTS_DIRECTORY = "/opt/sluice/weights";

/** The command line of an engine, computed from pool and catalogue; the pool's own arguments are the last. */
export function vllmArguments(props: VllmArgumentsProps): readonly string[] {
  const model = catalogModel(props.model);
  const { gpu } = catalogInstanceType(props.instanceType);
  return [
    ["--model", WEIGHTS_DIRECTORY],
    ["--served-model-name", props.servedName],
    ["--port", ENGINE_PORT],
    ["--max-model-len", props.contextTokens],
    ["--max-num-seqs", props.maxSequences],
    // vLLM counts running and waiting together, of all copies; beyond the limit it responds with 503.
    ["--max-num-queued-reqs", props.replicasPerInstance * maxRequestsPerEngine(props)],
    ["--tensor-parallel-size", props.tensorParallel],
    // One server, as without: its metrics then have a series for each copy, and the start of its process.
    props.replicasPerInstance > 1 ? ["--data-parallel-size", props.replicasPerInstance, "--api-server-count", 1] : [],
    ["--gpu-memory-utilization", GPU_MEMORY_UTILIZATION],
    gpu?.bfloat16 === false ? ["--dtype", "half"] : [],
    model.tokenizer ? ["--tokenizer", model.tokenizer] : [],
    model.toolCallParser ? ["--enable-auto-tool-choice", "--tool-call-parser", model.toolCallParser] : [],
    model.reasoningParser ? ["--reasoning-parser", model.reasoningParser] : [],
    catalogueWords(model.engineArguments, props.engineArguments),
    engineArgumentWords(props.engineArguments),
  ]
    .flat()
    .map(String);
}

/** Requests that one engine, a copy of the model, may hold at once, running and waiting. */
export function maxRequestsPerEngine(props: Pick<PoolSettings, "maxSequences" | "maxQueued">): number {
  return props.maxSequences + props.maxQueued;
}
