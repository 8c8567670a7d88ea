import type { FallbackReference, RouteSettings } from "../../../../contracts/targets/target-settings.ts";
import { decimalText, plainDecimal } from "../../lib/decimal-text.ts";

/** Largest weight of a target, as the service has it. */
const MAX_WEIGHT = 1000;

/** Id of a target: the pool's name, or `<provider>/<model>`. */
export function targetName(reference: FallbackReference): string {
  return "pool" in reference ? reference.pool : `${reference.provider}/${reference.model}`;
}

/**
 * The route with other weights.
 * @param texts of the fields, by the position of the target
 * @param language of the page
 * @returns `undefined` where one is no weight
 */
export function withWeights(
  settings: RouteSettings,
  texts: readonly string[],
  language: string,
): RouteSettings | undefined {
  const weights = texts.map((text, index) => {
    const before = settings.targets[index]?.weight;
    // What was not touched stays, such as a third with all of its digits.
    if (before !== undefined && text === decimalText(before, language)) return before;
    const plain = plainDecimal(text, language) ?? "";
    return /^\d{1,4}(\.\d{1,4})?$/.test(plain) ? Number(plain) : Number.NaN;
  });
  if (weights.length !== settings.targets.length) return;
  if (weights.some((weight) => !(weight >= 0 && weight <= MAX_WEIGHT))) return;
  return {
    ...settings,
    targets: settings.targets.map((target, index) => ({ ...target, weight: weights[index] ?? target.weight })),
  };
}
