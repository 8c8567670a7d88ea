import { createPublicKey, sign } from "node:crypto";
import { AwsApiError } from "../../aws-api/aws-api-error.ts";
import type { JsonOperations } from "../../aws-api/endpoint.ts";
import { asText, type Json, type JsonObject } from "../../template/json.ts";
import type { KmsRuntime } from "./runtime.ts";

/** KMS's longest message that it hashes itself, in bytes. */
const MAX_MESSAGE_BYTES = 4096;

/** The calls of the sealer of audit events: a key on P-256 signs whole messages. */
export function kmsOperations(kms: KmsRuntime): JsonOperations {
  const keyOf = ({ KeyId }: JsonObject): string => {
    const id = asText(KeyId);
    if (kms.signingKeys.has(id)) return id;
    throw new AwsApiError("NotFoundException", `Key '${id}' does not exist, or is none that signs.`);
  };
  return {
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
