import { describe, expect, test } from "vitest";
import { synthConstruct } from "../../test-support/synth.ts";
import { ArtefactStore } from "./artefact-store.ts";
import { EncryptionKey } from "./encryption-key.ts";

describe("the artefact store", () => {
  test("lets a role read one prefix and no other", () => {
    synthConstruct((scope) => {
      const encryptionKey = new EncryptionKey(scope, "Key", { name: "t", region: "us-east-1", isProtected: false });
      const store = new ArtefactStore(scope, "Store", { namePrefix: "t-", encryptionKey, isProtected: false });
      const [read, list, decrypt] = store.readStatements("weights/phi/");
      expect(read).toMatchObject({
        Action: ["s3:GetObject"],
        Resource: [expect.stringMatching(/\/weights\/phi\/\*$/)],
      });
      expect(list).toMatchObject({
        Action: ["s3:ListBucket"],
        Condition: { StringLikeIfExists: { "s3:prefix": ["weights/phi/*"] } },
      });
      expect(decrypt?.Action).toEqual(["kms:Decrypt"]);
    });
  });
});
