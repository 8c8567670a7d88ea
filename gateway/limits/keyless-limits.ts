import type { KeylessLimits as KeylessLimitSettings, LimitSetting } from "../../contracts/limits/limit-settings.ts";
import { type AppliedLimit, type AppliedSubject, appliedLimit } from "../../domain/limits/applied-limits.ts";
import type { DeepReadonly } from "../../lib/deep-readonly.ts";

const ADDRESS_PREFIX = "address:";
const ALL = { scope: "keyless", subject: "all" } as const;

export interface KeylessLimitsOptions {
  /** @default - callers without a key are not limited beside the requests of their address */
  readonly settings: DeepReadonly<KeylessLimitSettings> | undefined;
  /** Whether an address has no limits of its own. */
  readonly isTrusted: (address: string) => boolean;
}

/** The limits of callers without a key: of their address, and of all of them together. */
export class KeylessLimits {
  readonly #options: KeylessLimitsOptions;

  constructor(options: KeylessLimitsOptions) {
    this.#options = options;
  }

  /**
   * @param tenant `address:` and the bucket of the address, which a request of a batch has too
   * @param address of the client; empty where the request has none
   */
  of(tenant: string, address: string, model: string): readonly AppliedLimit[] {
    const { settings, isTrusted } = this.#options;
    if (settings === undefined) return NONE;
    const bucket = tenant.startsWith(ADDRESS_PREFIX) ? tenant.slice(ADDRESS_PREFIX.length) : tenant;
    const own = isTrusted(address === "" ? bucket : address) ? [] : settings.address;
    return [...applied({ scope: "address", subject: bucket }, own, model), ...applied(ALL, settings.all, model)];
  }
}

const NONE: readonly AppliedLimit[] = [];

function applied(
  subject: AppliedSubject,
  limits: readonly DeepReadonly<LimitSetting>[],
  model: string,
): readonly AppliedLimit[] {
  return limits
    .filter((limit) => limit.model === undefined || limit.model === model)
    .map((limit) => appliedLimit(subject, limit));
}
