import * as z from "zod";
import { cursor, Description, pageOf, Seconds } from "./page.ts";

/** Whose use prepaid credit pays for. */
export const CreditScope = z.enum(["organization", "project"]);
export type CreditScope = z.infer<typeof CreditScope>;

/** Nano-dollars, billionths of a dollar. */
const NanoUsd = z.number();

/** Prepaid credit that was granted. Credit that expires first is used first. */
export const Credit = z.strictObject({
  object: z.literal("organization.credit"),
  id: z.string(),
  scope: CreditScope,
  /** Id of the project; `organization` for the organisation. */
  subject_id: z.string(),
  amount_nano_usd: NanoUsd,
  /** What requests have used of it. */
  used_nano_usd: NanoUsd,
  /** What is left to use; 0 once it has expired or was revoked. */
  balance_nano_usd: NanoUsd,
  status: z.enum(["active", "used", "expired", "revoked"]),
  description: z.string().nullable(),
  created_at: Seconds,
  expires_at: Seconds.nullable(),
});
export type Credit = z.infer<typeof Credit>;

/** What is left of all credit of a subject. `is_required`: whether it may use nothing but credit. */
export const CreditBalance = z.strictObject({
  object: z.literal("organization.credit_balance"),
  id: z.string(),
  scope: CreditScope,
  subject_id: z.string(),
  is_required: z.boolean(),
  balance_nano_usd: NanoUsd,
  /** In the order in which they are used, then those that are used up, expired or revoked, newest first; at most 100. */
  credits: z.array(Credit),
});
export type CreditBalance = z.infer<typeof CreditBalance>;
export const CreditBalancePage = pageOf(CreditBalance);
export const ListCreditBalancesQuery = z.strictObject(cursor);

export const GrantCredit = z.strictObject({
  amount_nano_usd: z.int().positive().max(Number.MAX_SAFE_INTEGER),
  /** Unix seconds, in the future. @default - it does not expire */
  expires_at: Seconds.exactOptional(),
  description: Description.exactOptional(),
});

/**
 * One half of a movement: what an account got or gave. Each movement has two entries whose amounts sum to zero. Accounts:
 * `credit:<id>`, `funding` (what was granted), `consumption` (what requests used) and `breakage` (what expired or was revoked).
 */
export const CreditEntry = z.strictObject({
  object: z.literal("organization.credit_entry"),
  /** Of the movement and the account. */
  id: z.string(),
  movement_id: z.string(),
  /** `debt`: what requests used beyond an earlier grant, as a prompt was longer than estimated, is paid by a later one. */
  type: z.enum(["grant", "use", "debt", "expiry", "revocation"]),
  account: z.string(),
  amount_nano_usd: NanoUsd,
  /** When it was, or for what requests used, the day on which it was counted (UTC). */
  at: Seconds,
});
export type CreditEntry = z.infer<typeof CreditEntry>;
export const CreditEntryPage = pageOf(CreditEntry);
/** @default limit - 20. `after` is the `last_id` of the page before. */
export const ListCreditEntriesQuery = z.strictObject({ ...cursor, after: z.string().min(1).max(300).optional() });
