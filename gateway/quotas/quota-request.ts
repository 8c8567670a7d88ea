/** What a request wants of one quota. All amounts are integers. */
export interface QuotaRequest {
  readonly amount: number;
  /** What it takes where less is left. */
  readonly least: number;
  /** Of the quota; `Infinity` for one that refuses nothing. */
  readonly max: number;
  /** Whether it may go on while the table can't be reached, as long as what is known here has room. */
  readonly mayOverdraw: boolean;
}

/** `unknown`: the table can't be reached, and what is drawn is not enough. */
export type QuotaDecision =
  | { readonly kind: "granted"; readonly amount: number; readonly left: number }
  | { readonly kind: "refused"; readonly left: number }
  | { readonly kind: "unknown" };
