import { GetObjectLockConfigurationCommand, S3Client } from "@aws-sdk/client-s3";
import { asObject, asText, block } from "../../local/template/json.ts";
import { expectEqual, type StackAssertion } from "./assertion.ts";

const LOCK = "aws_s3_bucket_object_lock_configuration";

export const AUDIT: readonly StackAssertion[] = [
  {
    claim: "a bucket has Object Lock, with the declared mode and days, exactly where the audit trail needs it",
    types: [LOCK],
    check: async ({ client, attributes }) => {
      const s3 = new S3Client({ ...client, forcePathStyle: true });
      const of = (type: string) =>
        Object.entries(attributes)
          .filter(([address]) => address.startsWith(`${type}.`))
          .map(([, values]) => asObject(values));
      const declared = new Map(of(LOCK).map(({ bucket, rule }) => [asText(bucket), rule]));
      for (const { bucket } of of("aws_s3_bucket")) {
        const Bucket = asText(bucket);
        const rule = declared.get(Bucket);
        if (rule === undefined && !Bucket.includes("-audit-")) continue;
        const { ObjectLockConfiguration } = await s3.send(new GetObjectLockConfigurationCommand({ Bucket }));
        const { Mode, Days } = ObjectLockConfiguration?.Rule?.DefaultRetention ?? {};
        const { mode, days } = block(block(rule)?.default_retention) ?? {};
        expectEqual(
          `Object Lock of ${Bucket}`,
          [ObjectLockConfiguration?.ObjectLockEnabled, Mode, Days],
          ["Enabled", mode, days],
        );
      }
    },
  },
];
