import type { EnvironmentInput } from "../../../settings/environment-input.ts";
import twoEngines from "../two-engines/dev.ts";

/** The same with one engine, for a machine without the memory for two. */
export default {
  ...twoEngines,
  models: { "phi-3-mini": { ...twoEngines.models["phi-3-mini"], minInstances: 1, maxInstances: 1 } },
} satisfies EnvironmentInput;
