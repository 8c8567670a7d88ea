import * as z from "zod";
import list from "./vllm-values.json" with { type: "json" };

/** The values that an option has, or the kind of its value. */
const AllowedValues = z.union([z.enum(["integer", "number", "JSON"]), z.array(z.string())]);
export type AllowedValues = z.infer<typeof AllowedValues>;

export const VllmValues = z.strictObject({
  /** The version of `vllm-options.json`. */
  version: z.string(),
  /** By option, with its hyphens: `--kv-cache-dtype`. An option that is not in it takes any text. */
  values: z.record(z.string(), AllowedValues),
});
export type VllmValues = z.infer<typeof VllmValues>;

/** The values of vLLM's options. `engine/vllm/list-arguments.py` reads them from the parser of an installation. */
export const VLLM_VALUES: Readonly<VllmValues> = VllmValues.parse(list);

/** The values of an option by its long name; `undefined` where it takes any text. */
export function allowedValues(name: string): Readonly<AllowedValues> | undefined {
  return Object.hasOwn(VLLM_VALUES.values, name) ? VLLM_VALUES.values[name] : undefined;
}
