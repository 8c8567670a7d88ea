import * as z from "zod";
import list from "./vllm-options.json" with { type: "json" };

/**
 * The values of an option: one, one or more, at most one; or none, where a `switch` also exists as `--no-…` and a `flag`
 * does not.
 */
const Takes = z.enum(["value", "values", "optional value", "switch", "flag"]);
export type OptionTakes = z.infer<typeof Takes>;

export const VllmOptions = z.strictObject({
  /** Version of vLLM whose options these are; `ami/engine/engine.pkrvars.hcl` pins the same. */
  version: z.string(),
  /** By name, with its hyphens: `--max-model-len`. */
  options: z.record(z.string(), Takes),
  /** Long names of the short ones: `-tp`. */
  short: z.record(z.string(), z.string()),
  /** Values of `--tool-call-parser` and `--reasoning-parser`. */
  toolCallParsers: z.array(z.string()),
  reasoningParsers: z.array(z.string()),
});
export type VllmOptions = z.infer<typeof VllmOptions>;

/** The options of `vllm serve`. `ami/engine/list-vllm-options.py` writes the list from vLLM's wheel. */
export const VLLM_OPTIONS: Readonly<VllmOptions> = VllmOptions.parse(list);

/** The values of an option, by its long name; `undefined` for a name that vLLM does not have. */
export function vllmOptionTakes(name: string): OptionTakes | undefined {
  const { options } = VLLM_OPTIONS;
  if (Object.hasOwn(options, name)) return options[name];
  const positive = name.replace(/^--no-/, "--");
  return Object.hasOwn(options, positive) && options[positive] === "switch" ? "switch" : undefined;
}
