import { createHash } from "node:crypto";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { builtAssets } from "../../test-support/built-assets.ts";
import { only, synthConstruct } from "../../test-support/synth.ts";
import { ArtefactStore } from "../data/artefact-store.ts";
import { EncryptionKey } from "../data/encryption-key.ts";
import { GatewayBuild } from "./gateway-build.ts";

const assets = builtAssets({ "gateway/server.mjs": "the gateway" });
afterAll(() => assets.remove());
const sha256 = createHash("sha256").update("the gateway").digest("hex");

function synth(bundle = join(assets.gateway, "server.mjs")) {
  let build: GatewayBuild | undefined;
  const stack = synthConstruct((scope) => {
    const encryptionKey = new EncryptionKey(scope, "Key", { name: "test", region: "eu-west-1", isProtected: false });
    const artefacts = new ArtefactStore(scope, "Artefacts", { namePrefix: "test-", encryptionKey, isProtected: false });
    build = new GatewayBuild(scope, "Build", { artefacts, bundle });
  });
  if (!build) throw new Error("nothing was synthesized");
  return { stack, build };
}

describe("the gateway's build", () => {
  test("is an object of the artefact bucket whose content decides when it changes", () => {
    expect(only(synth().stack, "aws_s3_object")).toMatchObject({
      key: "gateway/server.mjs",
      source_hash: sha256,
      source: expect.stringMatching(/\/server\.mjs$/),
      kms_key_id: expect.stringContaining("aws_kms_key"),
    });
  });

  test("is named to instances by version and by the hash of its content", () => {
    const { variables } = synth().build;
    expect(Object.keys(variables)).toEqual(["SLUICE_BUILD_URI", "SLUICE_BUILD_VERSION", "SLUICE_BUILD_HASH"]);
    expect(variables.SLUICE_BUILD_HASH).toBe(sha256);
  });

  test("may be read by its readers, and no other object", () => {
    const [read, decrypt, ...more] = synth().build.readStatements();
    expect(read?.Action).toEqual(["s3:GetObjectVersion"]);
    expect(read?.Resource).toEqual([expect.stringMatching(/\/gateway\/\*$/)]);
    expect(decrypt?.Action).toEqual(["kms:Decrypt"]);
    expect(more).toEqual([]);
  });

  test("that is missing is an error with its path", () => {
    expect(() => synth("/nowhere/server.mjs")).toThrow(
      /no gateway bundle at \/nowhere\/server\.mjs; run `npm run build`/,
    );
  });
});
