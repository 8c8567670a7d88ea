/** Data types of FOCUS; decimals and quantities are written without an exponent. */
export type FocusType = "string" | "decimal" | "datetime" | "json";

/**
 * The columns of FOCUS 1.0 in their order, each with its type and whether it may be null
 * (FinOps-Open-Cost-and-Usage-Spec/FOCUS_Spec, specification/columns).
 */
export const FOCUS_COLUMNS = {
  AvailabilityZone: { type: "string", isNullable: true },
  BilledCost: { type: "decimal", isNullable: false },
  BillingAccountId: { type: "string", isNullable: false },
  BillingAccountName: { type: "string", isNullable: true },
  BillingCurrency: { type: "string", isNullable: false },
  BillingPeriodEnd: { type: "datetime", isNullable: false },
  BillingPeriodStart: { type: "datetime", isNullable: false },
  ChargeCategory: { type: "string", isNullable: false },
  ChargeClass: { type: "string", isNullable: true },
  ChargeDescription: { type: "string", isNullable: true },
  ChargeFrequency: { type: "string", isNullable: false },
  ChargePeriodEnd: { type: "datetime", isNullable: false },
  ChargePeriodStart: { type: "datetime", isNullable: false },
  CommitmentDiscountCategory: { type: "string", isNullable: true },
  CommitmentDiscountId: { type: "string", isNullable: true },
  CommitmentDiscountName: { type: "string", isNullable: true },
  CommitmentDiscountStatus: { type: "string", isNullable: true },
  CommitmentDiscountType: { type: "string", isNullable: true },
  ConsumedQuantity: { type: "decimal", isNullable: true },
  ConsumedUnit: { type: "string", isNullable: true },
  ContractedCost: { type: "decimal", isNullable: false },
  ContractedUnitPrice: { type: "decimal", isNullable: true },
  EffectiveCost: { type: "decimal", isNullable: false },
  InvoiceIssuerName: { type: "string", isNullable: false },
  ListCost: { type: "decimal", isNullable: false },
  ListUnitPrice: { type: "decimal", isNullable: true },
  PricingCategory: { type: "string", isNullable: true },
  PricingQuantity: { type: "decimal", isNullable: true },
  PricingUnit: { type: "string", isNullable: true },
  ProviderName: { type: "string", isNullable: false },
  PublisherName: { type: "string", isNullable: false },
  RegionId: { type: "string", isNullable: true },
  RegionName: { type: "string", isNullable: true },
  ResourceId: { type: "string", isNullable: true },
  ResourceName: { type: "string", isNullable: true },
  ResourceType: { type: "string", isNullable: true },
  ServiceCategory: { type: "string", isNullable: false },
  ServiceName: { type: "string", isNullable: false },
  SkuId: { type: "string", isNullable: true },
  SkuPriceId: { type: "string", isNullable: true },
  SubAccountId: { type: "string", isNullable: true },
  SubAccountName: { type: "string", isNullable: true },
  Tags: { type: "json", isNullable: true },
} as const satisfies Readonly<Record<string, { readonly type: FocusType; readonly isNullable: boolean }>>;

export type FocusColumn = keyof typeof FOCUS_COLUMNS;
/** One row, as text by column. */
export type FocusRow = Readonly<Record<FocusColumn, string | null>>;
