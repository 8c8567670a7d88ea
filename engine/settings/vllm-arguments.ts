import { type OptionTakes, VLLM_OPTIONS, vllmOptionTakes } from "../../contracts/engine/vllm-options.ts";
import { closestName } from "../../lib/closest-name.ts";

/** The arguments of vLLM that change how the local engine runs; all others are checked and have no effect on a CPU. */
export interface EngineArguments {
  /** `--served-model-name`: names by which requests may call the model; empty without the option. */
  readonly servedModelNames: readonly string[];
  /** `--model`: folder of the weights on AWS. */
  readonly model: string | null;
  /** `--max-model-len`: context in tokens; null for the model's own. */
  readonly maxModelLength: number | null;
  /** `--max-num-seqs`: sequences that decode together. */
  readonly maxSequences: number | null;
  /** `--max-num-queued-reqs`: requests running and waiting; the next one is refused. */
  readonly maxRequests: number | null;
}

/** An argument or variable of the engine that has no value, an invalid one, or is unknown. */
export class ArgumentError extends Error {
  override readonly name = "ArgumentError";
}

interface Argument {
  /** Long name with hyphens, without the keys of `--compilation-config.mode`. */
  readonly name: string;
  readonly values: readonly string[];
}

/**
 * Reads the arguments of `SLUICE_ENGINE_ARGUMENTS`, already split: `["--max-model-len", "4096"]`.
 * @throws {ArgumentError} names the argument that the pinned vLLM would refuse, too
 */
export function parseEngineArguments(words: readonly string[]): EngineArguments {
  const values = new Map(split(words).map(({ name, values }) => [name, values]));
  return {
    servedModelNames: values.get("--served-model-name") ?? [],
    model: values.get("--model")?.[0] ?? null,
    maxModelLength: contextLength(values.get("--max-model-len")?.[0]),
    maxSequences: count("--max-num-seqs", values.get("--max-num-seqs")?.[0]),
    maxRequests: count("--max-num-queued-reqs", values.get("--max-num-queued-reqs")?.[0]),
  };
}

/** Options with their values, each checked against the list of vLLM's options. */
function split(words: readonly string[]): readonly Argument[] {
  const found: Argument[] = [];
  let at = 0;
  while (at < words.length) {
    const word = words[at] ?? "";
    if (!isOption(word)) {
      throw new ArgumentError(`Expected an argument that starts with "--", got ${JSON.stringify(word)}.`);
    }
    at += 1;
    const { name, keys, value } = parseOption(word);
    const values = value === undefined ? [] : [value];
    while (value === undefined && at < words.length && !isOption(words[at] ?? "")) {
      values.push(words[at] ?? "");
      at += 1;
    }
    check(`${name}${keys}`, keys === "" ? takesOf(name) : takesOfKey(name, keys), values);
    found.push({ name, values });
  }
  return found;
}

/** A negative number is a value, and so is a text with spaces, as for Python's argparse. */
function isOption(word: string): boolean {
  return /^-[^ ]+$/.test(word) && !/^-(\d+(\.\d+)?|\.\d+)$/.test(word);
}

/** `--max_model_len=4k`, `-tp`, `-O3` and `--compilation-config.mode`, by their parts. */
function parseOption(word: string): { readonly name: string; readonly keys: string; readonly value?: string } {
  const optimization = /^-O=?(.*)$/.exec(word);
  if (optimization) return { name: "--optimization-level", keys: "", ...valuePart(optimization[1] || undefined) };
  const [, written = word, keys = "", value] = /^([^.=]*)(\.[^=]*)?(?:=([\s\S]*))?$/.exec(word) ?? [];
  const hyphens = written.startsWith("--") ? `--${written.slice(2).replaceAll("_", "-")}` : written;
  const { short } = VLLM_OPTIONS;
  const name = Object.hasOwn(short, hyphens) ? (short[hyphens] ?? hyphens) : hyphens;
  return { name, keys, ...valuePart(value) };
}

function valuePart(value: string | undefined): { readonly value?: string } {
  return value === undefined ? {} : { value };
}

function takesOf(name: string): OptionTakes {
  const takes = vllmOptionTakes(name);
  if (takes !== undefined) return takes;
  const closest = closestName(name, Object.keys(VLLM_OPTIONS.options));
  throw new ArgumentError(
    `${name} is not one of vLLM's arguments (${VLLM_OPTIONS.version}); ` +
      `${closest === undefined ? "omit it" : `did you mean ${closest}?`}`,
  );
}

/** A key of an option whose value is JSON: `--compilation-config.mode 3`. */
function takesOfKey(name: string, keys: string): OptionTakes {
  if (takesOf(name) !== "value")
    throw new ArgumentError(`${name} has no keys, got ${name}${keys}; write it without ${keys}.`);
  return "value";
}

function check(name: string, takes: OptionTakes, values: readonly string[]): void {
  const written = values.join(" ");
  if ((takes === "value" || takes === "values") && values.length === 0) {
    throw new ArgumentError(`${name} needs a value.`);
  }
  if ((takes === "value" || takes === "optional value") && values.length > 1) {
    throw new ArgumentError(`${name} takes one value, got ${values.length}: ${written}.`);
  }
  if ((takes === "switch" || takes === "flag") && values.length > 0) {
    throw new ArgumentError(`${name} is a switch and takes no value, got ${written}.`);
  }
}

/** Factors of a number's suffix. Decimals are allowed with the decimal ones only. */
const DECIMAL: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, g: 1e9, t: 1e12 };
const BINARY: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** `4096`, `4k` (4000), `25.6k`, `4K` (4096); `auto` and -1 are the model's own context. */
function contextLength(text: string | undefined): number | null {
  if (text === undefined || text === "-1" || text.toLowerCase() === "auto") return null;
  const [, number = "", suffix = ""] = /^(\d+(?:\.\d+)?)([kKmMgGtT]?)$/.exec(text) ?? [];
  const factor = DECIMAL[suffix] ?? (number.includes(".") ? Number.NaN : (BINARY[suffix] ?? 1));
  return wholeNumber("--max-model-len", text, number === "" ? Number.NaN : Math.floor(Number(number) * factor));
}

function count(name: string, text: string | undefined): number | null {
  return text === undefined ? null : wholeNumber(name, text, /^\d+$/.test(text) ? Number(text) : Number.NaN);
}

function wholeNumber(name: string, text: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new ArgumentError(`${name} must be a whole number from 1, got ${JSON.stringify(text)}.`);
  }
  return value;
}
