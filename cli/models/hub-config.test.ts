import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parameterCount } from "../../catalog/models/parameter-count.ts";
import { catalogModel } from "../../catalog/models.ts";
import { readHubConfig } from "./hub-config.ts";

/** A config.json as the hub has it. */
const hubConfig = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(import.meta.dirname, "test/configs", `${name}.json`), "utf8"));

describe("a config.json of the hub", () => {
  test.each([
    ["Qwen3-8B", "qwen3-8b"],
    ["Qwen3-30B-A3B", "qwen3-30b-a3b"],
    ["gpt-oss-20b", "gpt-oss-20b"],
    ["DeepSeek-V3", "deepseek-v3-0324"],
    ["Qwen3.5-27B", "qwen3.5-27b"],
  ] as const)("of %s is the catalogue's entry, but for the vision part, which it does not count", (file, id) => {
    const { visionParameters: _, ...entry } = catalogModel(id).config;
    const { config, contextTokens } = readHubConfig(hubConfig(file));
    expect(parameterCount(config).total).toBe(parameterCount(entry).total);
    expect({ tied: false, ...config }).toEqual({ tied: false, ...entry });
    expect(contextTokens).toBe(catalogModel(id).contextTokens);
  });

  test("has the format of the weights: MXFP4 and FP8 by their names, 16 bits without one", () => {
    expect(readHubConfig(hubConfig("gpt-oss-20b")).format).toBe("mxfp4");
    expect(readHubConfig(hubConfig("Qwen3-8B")).format).toBe("bf16");
    const quantised = (quantization_config: object) =>
      readHubConfig({ ...hubConfig("Qwen3-8B"), quantization_config }).format;
    expect(quantised({ quant_method: "fp8" })).toBe("fp8");
    expect(quantised({ quant_method: "awq", bits: 4 })).toBe("awq");
    const group = { weights: { num_bits: 8 } };
    expect(quantised({ quant_method: "compressed-tensors", config_groups: { group_0: group } })).toBe("fp8");
    expect(() => quantised({ quant_method: "bitsandbytes" })).toThrow(
      /quantised by bitsandbytes .*use a repository in/,
    );
  });

  test("without a field that the size depends on is refused by the field's name", () => {
    const { num_hidden_layers: _, ...rest } = hubConfig("Qwen3-8B");
    expect(() => readHubConfig(rest)).toThrow(/no usable num_hidden_layers .*write the entry by hand/);
    expect(() => readHubConfig("text")).toThrow(/config\.json has no usable/);
  });
});
