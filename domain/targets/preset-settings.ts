import type { ProviderPreset } from "../../catalog/providers/provider-preset.ts";
import type { ProviderSettings } from "../../contracts/targets/target-settings.ts";

/** The models of a preset as a provider's settings have them, by the provider's names. */
export function presetModels({ models }: ProviderPreset): ProviderSettings["models"] {
  return Object.fromEntries(Object.entries(models).map(([id, { source: _, ...model }]) => [id, model]));
}

/** A preset's endpoint, of an AWS service in this region; `null` where each customer has an address of its own. */
export function presetEndpoint({ endpoint, region: own }: ProviderPreset, region: string | undefined): string | null {
  return endpoint === null || own === undefined || region === undefined ? endpoint : endpoint.replace(own, region);
}
