import type { EnvironmentInput } from "../../../settings/environment-input.ts";
import dev from "../dev.ts";

/** Sequences that an engine computes at once, and requests that wait behind them: few, so that a check can fill an engine. */
export const SMALL_ENGINE = { maxSequences: 4, maxQueued: 4 };

/** vLLM computes a document of 1,200 tokens for over 30 s where two engines share two slow cores. */
const PATIENT = { firstByteSeconds: 120, totalSeconds: 120, idleSeconds: 120 };

/** The conformance environment with two small engines. */
export default {
  ...dev,
  api: { ...dev.api, timeouts: PATIENT },
  models: { "phi-3-mini": { ...dev.models["phi-3-mini"], ...SMALL_ENGINE, minInstances: 2, maxInstances: 2 } },
} satisfies EnvironmentInput;
