import { expect, test } from "vitest";
import { vllmOptionTakes } from "../contracts/engine/vllm-options.ts";
import { loadEnvironment } from "./load.ts";
import { RESERVED_ENGINE_ARGUMENTS } from "./reserved-engine-arguments.ts";

// documented: reserved-engine-arguments
test("every argument that a pool can't set is one of the pinned vLLM, and its remedy names a setting of pools", async () => {
  const names = Object.keys(RESERVED_ENGINE_ARGUMENTS);
  expect(names.filter((name) => vllmOptionTakes(`--${name}`) === undefined)).toEqual([]);
  const { pools } = await loadEnvironment("dev");
  const settings = Object.keys(Object.values(pools)[0]!);
  for (const [name, remedy] of Object.entries(RESERVED_ENGINE_ARGUMENTS)) {
    expect(remedy, name).toMatch(/^(set|omit it: )/);
    const [, setting] = /\bset (\w+)$/.exec(remedy) ?? [];
    if (setting !== undefined) expect(settings).toContain(setting);
  }
});
