import type { FallbackReference, RouteSettings } from "../../../../contracts/targets/target-settings.ts";

/** Largest weight of a target, as the service has it. */
const MAX_WEIGHT = 1000;

/** Id of a target: the pool's name, or `<provider>/<model>`. */
export function targetName(reference: FallbackReference): string {
  return "pool" in reference ? reference.pool : `${reference.provider}/${reference.model}`;
}

/** The route with other weights. @param texts of the fields, by the position of the target @returns `undefined` where one is no weight */
export function withWeights(settings: RouteSettings, texts: readonly string[]): RouteSettings | undefined {
  const weights = texts.map((text) => (/^\d{1,4}(\.\d{1,4})?$/.test(text.trim()) ? Number(text) : Number.NaN));
  if (weights.length !== settings.targets.length) return;
  if (weights.some((weight) => !(weight >= 0 && weight <= MAX_WEIGHT))) return;
  return {
    ...settings,
    targets: settings.targets.map((target, index) => ({ ...target, weight: weights[index] ?? target.weight })),
  };
}
