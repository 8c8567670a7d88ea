import { Capability } from "../../contracts/targets/target-settings.ts";
import type { TargetNeed } from "../core/target.ts";

/** What engines themselves can do or refuse: everything but moderations. */
export const ENGINE_CAPABILITIES: ReadonlySet<TargetNeed> = new Set<TargetNeed>([
  ...Capability.options.filter((capability) => capability !== "moderations"),
  "tokenizer",
]);

/** The same for a model whose tool calls no parser of vLLM's reads. */
export const ENGINE_CAPABILITIES_WITHOUT_TOOLS: ReadonlySet<TargetNeed> = new Set(
  [...ENGINE_CAPABILITIES].filter((capability) => capability !== "tools"),
);
