import type { ProjectClass } from "../../contracts/retention/retention.ts";
import type { ReadTerms } from "../store/storage-terms.ts";
import type { GatewayKey, KeyStore } from "./key-store.ts";

/**
 * For how long what is stored with a key stays, read again when it is stored: a hold on the project or owner may be minutes younger than
 * the request. Rejects when the key can't be read.
 */
export function termsOfKey(keys: KeyStore, key: GatewayKey, name: ProjectClass): ReadTerms {
  return async () => {
    // One that was deleted meanwhile was valid when its request began.
    const { keepDays, heldBy } = (await keys.get(key.keyId)) ?? key;
    return { keepDays: keepDays?.[name], heldBy };
  };
}
