import { arnOf } from "../../runtime/names.ts";
import type { ResourcePlugin } from "../../runtime/plugin.ts";
import type { WithKms } from "./runtime.ts";

/** Keys that sign. Keys that encrypt do nothing here: nothing is encrypted. */
export const kmsKey: ResourcePlugin<WithKms> = {
  type: "aws_kms_key",
  start(config, resource, runtime) {
    if (config.key_usage === "SIGN_VERIFY") runtime.kms.signingKeys.add(arnOf(resource, runtime));
  },
};

/** In the order in which they start. */
export const KMS_PLUGINS = {
  aws_kms_key: kmsKey,
} as const;
