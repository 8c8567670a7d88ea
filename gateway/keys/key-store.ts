import type { DataRetention } from "../../contracts/history/data-retention.ts";
import type { ModelPermissions } from "../../contracts/limits/use-limit.ts";
import type { ApiKeyItem } from "../../contracts/processes/auth.ts";
import type { KeepDays } from "../../contracts/retention/retention.ts";
import type { StoredLimits } from "../../domain/limits/subject-limits.ts";

/** A key with what limits its use beside its own restrictions. */
export interface GatewayKey extends ApiKeyItem {
  /** Limits of the organisation, the project, the owner and the key; those that have some. @default - none */
  readonly limits?: readonly StoredLimits[];
  /** Of the project. @default - all models */
  readonly modelPermissions?: ModelPermissions | undefined;
  /** The project's, else the organisation's. @default - neither has chosen one */
  readonly retention?: DataRetention | undefined;
  /** Of the project: days for which what it stores stays, by class. @default - the environment's */
  readonly keepDays?: KeepDays | undefined;
  /** Ids of those of the project and the owner that a legal hold is on: what the key stores does not expire. @default - none is held */
  readonly heldBy?: readonly string[] | undefined;
  /** Of the project: its part of a full pool against those of others. @default 1 */
  readonly weight?: number | undefined;
}

/** Where API keys are looked up by their public part. Rejects when the store can't be read. */
export interface KeyStore {
  /** @returns the key's item, or `undefined` when there is none */
  get(keyId: string): Promise<GatewayKey | undefined>;
  /**
   * The same where nothing has to be waited for.
   * @returns `undefined` where there is no such key, or where it has to be read. @default - every key is read
   */
  known?(keyId: string): GatewayKey | undefined;
}
