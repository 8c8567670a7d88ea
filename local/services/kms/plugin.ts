import { arnOf } from "../../runtime/names.ts";
import type { ResourcePlugin } from "../../runtime/plugin.ts";
import type { WithKms } from "./runtime.ts";

/** Keys that sign, and keys that encrypt: secrets alone, as what tables and buckets store is not encrypted here. */
export const kmsKey: ResourcePlugin<WithKms> = {
  type: "aws_kms_key",
  start(config, resource, runtime) {
    const { signingKeys, encryptingKeys } = runtime.kms;
    (config.key_usage === "SIGN_VERIFY" ? signingKeys : encryptingKeys).add(arnOf(resource, runtime));
  },
};

/** In the order in which they start. */
export const KMS_PLUGINS = {
  aws_kms_key: kmsKey,
} as const;
