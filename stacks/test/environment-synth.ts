import type { Environment } from "../../settings/environment.ts";
import { builtAssets } from "../../test-support/built-assets.ts";
import { type SynthesizedStack, synthApp } from "../../test-support/synth.ts";
import { synthesizeEnvironment } from "../environment-stacks.ts";

type Stacks = Readonly<Record<string, SynthesizedStack>>;

/** Of all test files of this process, by the environment's text. */
const synthesized = new Map<string, Stacks>();

/**
 * For tests: synthesizes environments with empty stubs of the built page and bundles, each environment once in a process: a
 * synthesis takes a third of a second of CPU time, and test files that share a process look at the same environments.
 * @returns stacks that can't be changed: other tests look at them too
 */
export function environmentSynth(): (environment: Environment) => Stacks {
  return (environment) => {
    const text = JSON.stringify(environment);
    const known = synthesized.get(text);
    if (known) return known;
    const assets = builtAssets();
    try {
      const stacks = deepFrozen(synthApp((app) => synthesizeEnvironment(app, environment, assets)));
      synthesized.set(text, stacks);
      return stacks;
    } finally {
      assets.remove();
    }
  };
}

function deepFrozen<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) deepFrozen(part);
    Object.freeze(value);
  }
  return value;
}
