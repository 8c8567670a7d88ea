import type { Scenario } from "./scenario.ts";

/** Scenarios that vLLM with the small model cannot do, by their ids, with the reason. */
const NOT_ON_VLLM: Readonly<Record<string, string>> = {
  "embeds texts": "vLLM serves one model, and this one makes no embeddings",
  "runs a batch of embeddings": "vLLM serves one model, and this one makes no embeddings",
  "calls a tool by its own choice": "the model's chat template has no part for tools",
};

export interface OmittedScenario {
  readonly id: string;
  readonly reason: string;
}

/** @throws when an omitted scenario no longer exists */
export function withoutOnVllm(all: readonly Scenario[]): {
  readonly scenarios: readonly Scenario[];
  readonly omitted: readonly OmittedScenario[];
} {
  const ids = new Set(all.map(({ id }) => id));
  const gone = Object.keys(NOT_ON_VLLM).find((id) => !ids.has(id));
  if (gone !== undefined)
    throw new Error(`There is no scenario "${gone}"; remove it from conformance/vllm-scenarios.ts.`);
  return {
    scenarios: all.filter(({ id }) => !Object.hasOwn(NOT_ON_VLLM, id)),
    omitted: Object.entries(NOT_ON_VLLM).map(([id, reason]) => ({ id, reason })),
  };
}
