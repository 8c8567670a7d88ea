import { MODEL_HOSTS } from "./model-hosts.ts";
import { MODEL_MAKERS } from "./model-makers.ts";
import type { ProviderPreset } from "./provider-preset.ts";

/** Known providers by name. A new one is a row of `model-makers.ts` or `model-hosts.ts`. */
export const PROVIDER_PRESETS: ReadonlyMap<string, ProviderPreset> = new Map<string, ProviderPreset>(
  Object.entries({ ...MODEL_MAKERS, ...MODEL_HOSTS }),
);
