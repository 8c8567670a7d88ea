import { afterAll } from "vitest";
import type { Environment } from "../../settings/environment.ts";
import { type BuiltAssetsFixture, builtAssets } from "../../test-support/built-assets.ts";
import { type SynthesizedStack, synthApp } from "../../test-support/synth.ts";
import { synthesizeEnvironment } from "../environment-stacks.ts";

/** For tests: synthesizes environments with empty stubs of the built page and bundles, which are removed after the file's tests. */
export function environmentSynth(): (environment: Environment) => Readonly<Record<string, SynthesizedStack>> {
  const assets: BuiltAssetsFixture = builtAssets();
  afterAll(() => assets.remove());
  return (environment) => synthApp((app) => synthesizeEnvironment(app, environment, assets));
}
