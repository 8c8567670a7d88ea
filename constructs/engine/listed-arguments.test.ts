import { describe, expect, test } from "vitest";
import { INSTANCE_TYPE_IDS } from "../../catalog/instance-types.ts";
import { catalogModel, MODEL_IDS } from "../../catalog/models.ts";
import { VLLM_OPTIONS, vllmOptionTakes } from "../../contracts/engine/vllm-options.ts";
import { VLLM_VALUES } from "../../contracts/engine/vllm-values.ts";
import { vllmArguments } from "./vllm-arguments.ts";

const options = (args: readonly string[]) => args.filter((argument) => argument.startsWith("--"));
/** vLLM ends at once on any other option. */
const isKnown = (option: string) => vllmOptionTakes(option) !== undefined;

describe("vLLM's arguments", () => {
  test("the list is whole, sorted and without doubles", () => {
    const names = Object.keys(VLLM_OPTIONS.options);
    expect(names.length).toBeGreaterThan(250);
    expect(names).toEqual([...new Set(names)].sort());
    expect(names.filter((name) => !/^--[a-z0-9][a-z0-9-]*$/.test(name))).toEqual([]);
    expect(Object.values(VLLM_OPTIONS.short).filter((name) => !names.includes(name))).toEqual([]);
  });

  test("the values are of the same version's options, and none of a switch", () => {
    expect(VLLM_VALUES.version).toBe(VLLM_OPTIONS.version);
    for (const name of Object.keys(VLLM_VALUES.values))
      expect(VLLM_OPTIONS.options[name], name).toMatch(/^(value|values|optional value)$/);
    expect(VLLM_VALUES.values["--kv-cache-dtype"]).toContain("fp8");
  });

  test.each(MODEL_IDS)("those of %s are on the pinned version's list, whatever it runs on", (model) => {
    for (const instanceType of INSTANCE_TYPE_IDS) {
      const args = vllmArguments({
        servedName: "m",
        model,
        instanceType,
        tensorParallel: 8,
        replicasPerInstance: 1,
        contextTokens: 4096,
        maxSequences: 8,
        maxQueued: 8,
        engineArguments: {},
      });
      expect(options(args).filter((option) => !isKnown(option))).toEqual([]);
    }
  });

  test.each(MODEL_IDS)("the parsers of %s are vLLM's", (model) => {
    const { toolCallParser, reasoningParser } = catalogModel(model);
    if (toolCallParser !== undefined) expect(VLLM_OPTIONS.toolCallParsers).toContain(toolCallParser);
    if (reasoningParser !== undefined) expect(VLLM_OPTIONS.reasoningParsers).toContain(reasoningParser);
    expect(VLLM_OPTIONS.toolCallParsers).toContain("hermes");
    expect(VLLM_OPTIONS.reasoningParsers).toContain("deepseek_r1");
  });

  test("an argument that vLLM removed would be found", () => {
    expect(["--num-scheduler-steps", "--swap-space", "--no-enable-prefix-caching"].map(isKnown)).toEqual([
      false,
      false,
      true,
    ]);
  });
});
