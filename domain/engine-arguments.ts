import { vllmOptionTakes } from "../contracts/engine/vllm-options.ts";
import type { PoolSettings } from "../settings/environment.ts";

export type EngineArguments = PoolSettings["engineArguments"];

/** The command line of arguments that a pool adds: `{ "kv-cache-dtype": "fp8" }` is `--kv-cache-dtype fp8`. */
export function engineArgumentWords(added: EngineArguments): readonly string[] {
  return Object.entries(added).flatMap(([name, value]): readonly string[] => {
    if (typeof value === "boolean") return [value ? `--${name}` : `--no-${name}`];
    if (typeof value !== "object") return [`--${name}`, String(value)];
    const isList = Array.isArray(value) && vllmOptionTakes(`--${name}`) === "values";
    return [`--${name}`, ...(isList ? value.map(String) : [JSON.stringify(value)])];
  });
}

/** The catalogue's arguments of a model without those that a pool sets itself. */
export function catalogueWords(words: readonly string[], added: EngineArguments): readonly string[] {
  return withoutOptions(words, (option) => Object.hasOwn(added, option.replace(/^--(no-)?/, "")));
}

/** A command line without some options and their values. */
function withoutOptions(words: readonly string[], isRemoved: (option: string) => boolean): readonly string[] {
  let removes = false;
  return words.filter((word) => {
    if (word.startsWith("--")) removes = isRemoved(word);
    return !removes;
  });
}
