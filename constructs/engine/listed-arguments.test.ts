import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { INSTANCE_TYPE_IDS } from "../../catalog/instance-types.ts";
import { MODEL_IDS } from "../../catalog/models.ts";
import { vllmArguments } from "./vllm-arguments.ts";

/** What the pinned vLLM understands; it ends at once on anything else. */
const list = readFileSync(join(import.meta.dirname, "../../ami/engine/vllm-arguments.txt"), "utf8").split("\n");
const known = new Set(list.filter((line) => line.startsWith("--")));
const options = (args: readonly string[]) => args.filter((argument) => argument.startsWith("--"));
const isKnown = (option: string) => known.has(option) || known.has(option.replace(/^--no-/, "--"));

describe("vLLM's arguments", () => {
  test("the list is whole, sorted and without doubles", () => {
    const lines = list.filter((line) => line !== "" && !line.startsWith("#"));
    expect(lines.length).toBeGreaterThan(250);
    expect(lines).toEqual([...new Set(lines)].sort());
    expect(lines.filter((line) => !/^--[a-z0-9][a-z0-9-]*$/.test(line))).toEqual([]);
  });

  test.each(MODEL_IDS)("those of %s are on the pinned version's list, whatever it runs on", (model) => {
    for (const instanceType of INSTANCE_TYPE_IDS) {
      const args = vllmArguments({
        servedName: "m",
        model,
        instanceType,
        tensorParallel: 8,
        contextTokens: 4096,
        maxSequences: 8,
        maxQueued: 8,
      });
      expect(options(args).filter((option) => !isKnown(option))).toEqual([]);
    }
  });

  test("an argument that vLLM gave up would be found", () => {
    expect(["--num-scheduler-steps", "--swap-space", "--no-enable-prefix-caching"].map(isKnown)).toEqual([
      false,
      false,
      true,
    ]);
  });
});
