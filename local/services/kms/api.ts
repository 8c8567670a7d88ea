import { createCipheriv, createDecipheriv, createPublicKey, randomBytes, sign } from "node:crypto";
import { AwsApiError } from "../../aws-api/aws-api-error.ts";
import type { JsonOperations } from "../../aws-api/endpoint.ts";
import { asObject, asText, type Json, type JsonObject } from "../../template/json.ts";
import type { KmsRuntime } from "./runtime.ts";

/** KMS's longest message that it hashes itself, in bytes. */
const MAX_MESSAGE_BYTES = 4096;

const CIPHER = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * The calls of the sealer of audit events, a key on P-256 that signs whole messages, and of those who seal and open
 * secrets within records.
 */
export function kmsOperations(kms: KmsRuntime): JsonOperations {
  const keyOf = ({ KeyId }: JsonObject): string => {
    const id = asText(KeyId);
    if (kms.signingKeys.has(id)) return id;
    throw new AwsApiError("NotFoundException", `Key '${id}' does not exist, or is none that signs.`);
  };
  const encryptingKeyOf = ({ KeyId }: JsonObject): string => {
    const id = asText(KeyId);
    if (kms.encryptingKeys.has(id)) return id;
    throw new AwsApiError("NotFoundException", `Key '${id}' does not exist, or is none that encrypts.`);
  };
  return {
    Encrypt: (request) => {
      const KeyId = encryptingKeyOf(request);
      const text = Buffer.from(asText(request.Plaintext), "base64");
      if (text.length === 0 || text.length > MAX_MESSAGE_BYTES)
        throw new AwsApiError("ValidationException", `Plaintext must have 1 to ${MAX_MESSAGE_BYTES} bytes.`);
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(CIPHER, kms.encryptionKey(KeyId), iv).setAAD(contextOf(request));
      const sealed = Buffer.concat([cipher.update(text), cipher.final()]);
      return { KeyId, CiphertextBlob: Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64") };
    },
    Decrypt: (request) => {
      const KeyId = encryptingKeyOf(request);
      const bytes = Buffer.from(asText(request.CiphertextBlob), "base64");
      try {
        const decipher = createDecipheriv(CIPHER, kms.encryptionKey(KeyId), bytes.subarray(0, IV_BYTES));
        decipher.setAAD(contextOf(request)).setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
        const text = [decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()];
        return { KeyId, Plaintext: Buffer.concat(text).toString("base64") };
      } catch {
        throw new AwsApiError("InvalidCiphertextException", "The ciphertext is none of this key and context.");
      }
    },
    GetPublicKey: (request) => ({
      KeyId: keyOf(request),
      PublicKey: createPublicKey(kms.privateKey).export({ type: "spki", format: "der" }).toString("base64"),
      KeyUsage: "SIGN_VERIFY",
      KeySpec: "ECC_NIST_P256",
      SigningAlgorithms: ["ECDSA_SHA_256"],
    }),
    Sign: (request) => {
      const KeyId = keyOf(request);
      only(request.MessageType, "RAW");
      only(request.SigningAlgorithm, "ECDSA_SHA_256");
      const message = Buffer.from(asText(request.Message), "base64");
      if (message.length === 0 || message.length > MAX_MESSAGE_BYTES)
        throw new AwsApiError("ValidationException", `Message must have 1 to ${MAX_MESSAGE_BYTES} bytes.`);
      const Signature = sign("sha256", message, kms.privateKey).toString("base64");
      return { KeyId, Signature, SigningAlgorithm: "ECDSA_SHA_256" };
    },
  };
}

function only(value: Json | undefined, known: string): void {
  if (value !== known)
    throw new AwsApiError("ValidationException", `The twin's KMS signs with ${known}, got ${JSON.stringify(value)}.`);
}

/** The encryption context in one form, whatever its order. */
function contextOf({ EncryptionContext }: JsonObject): Buffer {
  const entries = Object.entries(EncryptionContext === undefined ? {} : asObject(EncryptionContext));
  return Buffer.from(JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1))));
}
