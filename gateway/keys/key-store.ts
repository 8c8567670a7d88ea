import type { ApiKeyItem } from "../../contracts/processes/auth.ts";

/** Where API keys are looked up by their public part. Rejects when the store can't be read. */
export interface KeyStore {
  /** @returns the key's item, or `undefined` when there is none */
  get(keyId: string): Promise<ApiKeyItem | undefined>;
}
