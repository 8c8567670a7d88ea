import * as z from "zod";

const text = z.union([z.string().min(1), z.number()]);
const isJson = (value: unknown) => z.json().safeParse(value).success;
// The type of JSON refers to itself, which is too deep for the readonly environment: what is in an object is not typed.
const json = z.record(z.string(), z.unknown()).refine(isJson, "must be plain data, as in JSON");

/**
 * Arguments of vLLM by name, without the hyphens in front: `{ "kv-cache-dtype": "fp8" }`. `true` and `false` are a switch and
 * its `--no-` form, a list is several values, and an object is written as JSON. `environments/engine-argument-rules.ts` checks
 * names and values.
 */
export const EngineArguments = z.record(z.string(), z.union([z.boolean(), text, z.array(text).min(1), json]));
