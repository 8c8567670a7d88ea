import { type ChargeLine, decimalUsd } from "./charge-line.ts";
import { FOCUS_COLUMNS, type FocusColumn, type FocusRow } from "./focus-columns.ts";

const DAY_SECONDS = 86_400;

/** Who bills whom, as a FOCUS row names it. */
export interface FocusIssuer {
  /** Id of the billing account: the environment's API. */
  readonly billingAccountId: string;
  readonly providerName: string;
}

/**
 * A charge as a row of FOCUS: usage at the price of its time, without discounts or commitments, so that its four costs are one.
 * Unit prices are null, as a day may have several.
 */
export function focusRow(line: ChargeLine, { billingAccountId, providerName }: FocusIssuer): FocusRow {
  const cost = decimalUsd(line.nanoUsd);
  const day = new Date(line.start * 1000);
  const month = (offset: number) => isoTime(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + offset));
  const tags = { user_id: line.userId, api_key_id: line.apiKeyId };
  const known: Partial<FocusRow> = {
    BilledCost: cost,
    BillingAccountId: billingAccountId,
    BillingCurrency: "USD",
    BillingPeriodStart: month(0),
    BillingPeriodEnd: month(1),
    ChargeCategory: "Usage",
    ChargeDescription: `${line.item} of ${line.model}`,
    ChargeFrequency: "Usage-Based",
    ChargePeriodStart: isoTime(line.start * 1000),
    ChargePeriodEnd: isoTime((line.start + DAY_SECONDS) * 1000),
    ConsumedQuantity: String(line.tokens),
    ConsumedUnit: "Tokens",
    ContractedCost: cost,
    EffectiveCost: cost,
    InvoiceIssuerName: providerName,
    ListCost: cost,
    PricingCategory: "Standard",
    PricingQuantity: String(line.tokens),
    PricingUnit: "Tokens",
    ProviderName: providerName,
    PublisherName: providerName,
    ResourceId: line.model,
    ResourceName: line.model,
    ResourceType: "Model",
    ServiceCategory: "AI and Machine Learning",
    ServiceName: "Language models",
    SkuId: `${line.model}/${line.item}`,
    SubAccountId: line.projectId ?? null,
    Tags: JSON.stringify(tags),
  };
  const columns = Object.keys(FOCUS_COLUMNS) as readonly FocusColumn[];
  return Object.fromEntries(columns.map((name) => [name, known[name] ?? null])) as FocusRow;
}

/** FOCUS has seconds and no fractions. */
function isoTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
