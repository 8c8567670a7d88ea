import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { stateKey } from "../../local/template/stacks.ts";
import { parseObject } from "../aws-calls/call.ts";
import { stateStore } from "../stacks/stack-order.ts";
import { stateKeyAlias } from "../stacks/state-encryption.ts";
import { expectEqual, type StackAssertion } from "./assertion.ts";

export const BOOTSTRAP: readonly StackAssertion[] = [
  {
    claim: "its state is in the bucket, encrypted when the environment says so",
    types: ["aws_s3_bucket"],
    check: async ({ run, client }) => {
      const { bucket } = stateStore(run.stack) ?? {};
      const s3 = new S3Client({ ...client, forcePathStyle: true });
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: stateKey(run.stack) }));
      const state = parseObject((await Body?.transformToString()) ?? "{}");
      const isEncrypted = stateKeyAlias(run.stack.document) !== undefined;
      expectEqual("whether it holds encrypted data", typeof state.encrypted_data === "string", isEncrypted);
      expectEqual("whether its resources can be read", Array.isArray(state.resources), !isEncrypted);
    },
  },
];
