import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import * as z from "zod";
import { INSTANCE_TYPE_IDS } from "../../catalog/instance-types.ts";
import { MODEL_IDS } from "../../catalog/models.ts";
import { vllmArguments } from "../../constructs/engine/vllm-arguments.ts";
import { VLLM_OPTIONS, VllmOptions } from "../../contracts/engine/vllm-options.ts";
import { VLLM_VALUES, VllmValues } from "../../contracts/engine/vllm-values.ts";

const SCRIPT = join(import.meta.dirname, "../../engine/vllm/list-arguments.py");
const Listed = VllmOptions.extend({
  values: VllmValues.shape.values,
  refused: z.array(z.strictObject({ arguments: z.array(z.string()), reason: z.string() })),
});

/** Command lines that vLLM must refuse: a check that accepts everything would show nothing. */
const WRONG: readonly (readonly string[])[] = [
  ["--swap-space", "4"],
  ["--max-num-seqs", "many"],
  ["--enable-auto-tool-choice"],
  ["--enable-auto-tool-choice", "--tool-call-parser", "no-such-parser"],
  ["--reasoning-parser", "no-such-parser"],
];

/** What a pool may add, in each of the forms of a value. */
const ADDED = {
  "kv-cache-dtype": "fp8",
  "max-num-batched-tokens": 8192,
  "enable-prefix-caching": false,
  "disable-custom-all-reduce": true,
  "cudagraph-capture-sizes": [1, 2, 4],
  "aggregate-engine-logging": true,
  "compilation-config": { mode: 3 },
  "limit-mm-per-prompt": { image: 2 },
  "hf-overrides": { rope_theta: 10_000 },
  "allowed-origins": ["*"],
  seed: -1,
};

/**
 * vLLM's own parser accepts the arguments of every model of the catalogue on every instance type, and has the options and
 * parsers of the pinned list, which was read from the wheel's source, and the values of the list beside it.
 * @param python of the installation
 */
export async function parserAccepts(python: string): Promise<void> {
  const pool = {
    servedName: "m",
    tensorParallel: 8,
    replicasPerInstance: 1,
    contextTokens: 4096,
    maxSequences: 8,
    maxQueued: 8,
  };
  const lists = MODEL_IDS.flatMap((model) =>
    INSTANCE_TYPE_IDS.map((instanceType) => vllmArguments({ ...pool, model, instanceType, engineArguments: {} })),
  );
  const [model, instanceType] = ["phi-3-mini-4k-instruct", "g5.xlarge"] as const;
  lists.push(vllmArguments({ ...pool, model, instanceType, engineArguments: ADDED }));
  const { refused, values, ...own } = await list(python, [...lists, ...WRONG]);
  const isWrong = ({ arguments: each }: { readonly arguments: readonly string[] }) =>
    WRONG.some((wrong) => wrong.join(" ") === each.join(" "));
  assert.deepEqual(
    refused.filter((each) => !isWrong(each)),
    [],
    "arguments of the catalogue's models that vLLM refuses",
  );
  assert.equal(refused.length, WRONG.length, "wrong arguments that vLLM refuses");
  assert.deepEqual({ ...own, version: own.version.replace(/\+cpu$/, "") }, VLLM_OPTIONS);
  assert.deepEqual(values, VLLM_VALUES.values);
}

async function list(python: string, lists: readonly (readonly string[])[]): Promise<z.infer<typeof Listed>> {
  const child = spawn(python, [SCRIPT], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(lists));
  const [output] = await Promise.all([text(child.stdout), once(child, "close")]);
  // vLLM writes lines of its log before the result.
  return Listed.parse(JSON.parse(output.slice(output.indexOf("{\n"))));
}
