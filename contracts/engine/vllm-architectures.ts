import * as z from "zod";
import list from "./vllm-architectures.json" with { type: "json" };

const VllmArchitectures = z.strictObject({
  /** Version of vLLM whose architectures these are. */
  version: z.string(),
  generate: z.array(z.string()),
  /** Generate from text with images, sound or video. */
  multimodal: z.array(z.string()),
  embed: z.array(z.string()),
  /** Score a text or a pair of texts: rerankers. */
  classify: z.array(z.string()),
});
export type VllmTask = Exclude<keyof z.infer<typeof VllmArchitectures>, "version">;

/** Architectures of models that vLLM supports, by task. `ami/engine/list-vllm-architectures.py` writes the list. */
export const VLLM_ARCHITECTURES: Readonly<z.infer<typeof VllmArchitectures>> = VllmArchitectures.parse(list);

const TASKS: readonly VllmTask[] = ["generate", "multimodal", "embed", "classify"];

/** Tasks for which vLLM has the architecture: none for one that it does not support. */
export function tasksOfArchitecture(architecture: string): readonly VllmTask[] {
  return TASKS.filter((task) => VLLM_ARCHITECTURES[task].includes(architecture));
}
