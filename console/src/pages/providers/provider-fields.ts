import type { ProviderSettings } from "../../../../contracts/targets/target-settings.ts";
import { decimalText, plainDecimal } from "../../lib/decimal-text.ts";

/** Bounds of the settings that the page changes, as the service has them. */
const BOUNDS = {
  maxInFlight: { min: 1, max: 10_000 },
  rateRequests: { min: 1, max: 10_000_000 },
  priority: { min: 0, max: 1000 },
} as const;
const MAX_CAP_USD = 10_000_000;

export type ProviderField = keyof typeof BOUNDS | "monthlyCapUsd";

/** What stands in the form: texts that are still to be read. An empty text is no limit of requests, and no cap. */
export interface ProviderFields extends Readonly<Record<ProviderField, string>> {
  readonly ratePer: "minute" | "hour";
  readonly emergencyOnly: boolean;
}

/** @param language of the page */
export function fieldsOf(settings: ProviderSettings, language: string): ProviderFields {
  const { maxInFlight, rateLimit, monthlyCapUsd, priority, emergencyOnly } = settings;
  return {
    maxInFlight: String(maxInFlight),
    rateRequests: rateLimit === null ? "" : String(rateLimit.requests),
    ratePer: rateLimit?.per ?? "minute",
    monthlyCapUsd: monthlyCapUsd === null ? "" : decimalText(monthlyCapUsd, language),
    priority: String(priority),
    emergencyOnly,
  };
}

/** The settings with what stands in the form, or the fields that are wrong. */
export function withFields(
  settings: ProviderSettings,
  fields: ProviderFields,
  language: string,
): { readonly settings: ProviderSettings } | { readonly wrong: readonly ProviderField[] } {
  const maxInFlight = whole(fields.maxInFlight, BOUNDS.maxInFlight);
  const isLimited = fields.rateRequests.trim() !== "";
  const requests = isLimited ? whole(fields.rateRequests, BOUNDS.rateRequests) : 0;
  const priority = whole(fields.priority, BOUNDS.priority);
  const isCapUntouched = fields.monthlyCapUsd === fieldsOf(settings, language).monthlyCapUsd;
  const cap = isCapUntouched ? settings.monthlyCapUsd : dollars(fields.monthlyCapUsd, language);
  if (maxInFlight === undefined || requests === undefined || priority === undefined || cap === undefined)
    return {
      wrong: [
        ...(maxInFlight === undefined ? (["maxInFlight"] as const) : []),
        ...(requests === undefined ? (["rateRequests"] as const) : []),
        ...(cap === undefined ? (["monthlyCapUsd"] as const) : []),
        ...(priority === undefined ? (["priority"] as const) : []),
      ],
    };
  const { emergencyOnly, ratePer } = fields;
  const rateLimit = isLimited ? { requests, per: ratePer } : null;
  return { settings: { ...settings, maxInFlight, rateLimit, priority, monthlyCapUsd: cap, emergencyOnly } };
}

/** The bounds of a field, for its hint. */
export function boundsOf(field: ProviderField): { readonly min: number; readonly max: number } {
  return field === "monthlyCapUsd" ? { min: 0, max: MAX_CAP_USD } : BOUNDS[field];
}

function whole(text: string, { min, max }: { readonly min: number; readonly max: number }): number | undefined {
  const value = /^\d{1,9}$/.test(text.trim()) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
}

/** @returns `null` for no cap */
function dollars(text: string, language: string): number | null | undefined {
  if (text.trim() === "") return null;
  const plain = plainDecimal(text, language) ?? "";
  const value = /^\d{1,8}(\.\d{1,9})?$/.test(plain) ? Number(plain) : Number.NaN;
  return value <= MAX_CAP_USD ? value : undefined;
}
