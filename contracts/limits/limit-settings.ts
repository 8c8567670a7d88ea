import * as z from "zod";
import type { DeepReadonly } from "../../lib/deep-readonly.ts";
import { limitFault } from "./limit-rules.ts";
import { UseLimit } from "./use-limit.ts";

/** A limit of an environment file: it stops what would be over it. */
export const LimitSetting = UseLimit.omit({ action: true }).check(({ value, issues }) => {
  const fault = limitFault(value, value.timeZone);
  if (fault) issues.push({ code: "custom", message: fault.message, path: [fault.field], input: value });
});
export type LimitSetting = z.infer<typeof LimitSetting>;

/** Most limits of a tier, beside the 64 that a key or project may have of its own. */
const MAX_TIER_LIMITS = 16;

/** Limits by a name, which keys and projects have by that name. */
export const TierSettings = z.strictObject({
  /** Of each key or project that has the tier, for itself. */
  limits: z.array(LimitSetting).max(MAX_TIER_LIMITS),
  /** Keys of the tier that are expected to send at their limit at once: API Gateway lets so many through. @default 10 */
  expectedKeys: z.int().min(1).max(100_000).optional(),
});
export type TierSettings = z.infer<typeof TierSettings>;

/** The limits of an environment's tiers by name. */
export const TierLimits = z.record(z.string().min(1), z.array(LimitSetting));

/** The same, `null` for all where they are longer than their reader has room for. */
export type KnownTiers = DeepReadonly<Record<string, z.infer<typeof TierLimits>[string] | null>>;

/** Most limits of one list: a request without a key is counted in two of them. */
const MAX_KEYLESS_LIMITS = 16;

/** What callers without an API key may use, beside the requests per minute of their address. */
export const KeylessLimits = z.strictObject({
  /** Each address; of IPv6 each /64. */
  address: z.array(LimitSetting).max(MAX_KEYLESS_LIMITS),
  /** All of them together. */
  all: z.array(LimitSetting).max(MAX_KEYLESS_LIMITS),
});
export type KeylessLimits = z.infer<typeof KeylessLimits>;
