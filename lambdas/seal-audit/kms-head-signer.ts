import { GetPublicKeyCommand, type KMSClient, SignCommand } from "@aws-sdk/client-kms";
import {
  type AuditPublicKey,
  auditPublicKey,
  type HeadStatement,
  isSignedBy,
  publicKeyPem,
  statementText,
} from "../../domain/audit/signed-head.ts";
import type { HeadSigner } from "./sealing-ports.ts";

/** Signs with an asymmetric key of AWS KMS, which no one can read. */
export class KmsHeadSigner implements HeadSigner {
  readonly fingerprint: string;
  readonly publicKey: string;
  readonly #client: KMSClient;
  readonly #keyId: string;
  readonly #key: AuditPublicKey;

  private constructor(client: KMSClient, keyId: string, key: AuditPublicKey) {
    this.#client = client;
    this.#keyId = keyId;
    this.#key = key;
    this.fingerprint = key.fingerprint;
    this.publicKey = key.key.export({ type: "spki", format: "der" }).toString("base64");
  }

  /** Reads the public key. @param keyId id or ARN of a key on P-256 */
  static async open(client: KMSClient, keyId: string): Promise<KmsHeadSigner> {
    const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: keyId }));
    if (PublicKey === undefined)
      throw new Error(`KMS has no public key for ${keyId}; the signing key must be of the type ECC_NIST_P256.`);
    return new KmsHeadSigner(client, keyId, auditPublicKey(publicKeyPem(PublicKey)));
  }

  sign(statement: HeadStatement): Promise<string> {
    return this.signText(statementText(statement));
  }

  async signText(text: string): Promise<string> {
    const { Signature } = await this.#client.send(
      new SignCommand({
        KeyId: this.#keyId,
        // KMS hashes messages of up to 4,096 bytes itself; a statement has some 500.
        Message: Buffer.from(text),
        MessageType: "RAW",
        SigningAlgorithm: "ECDSA_SHA_256",
      }),
    );
    if (Signature === undefined)
      throw new Error(`KMS returned no signature by ${this.#keyId}; the next run tries again.`);
    return Buffer.from(Signature).toString("base64");
  }

  verifies(statement: HeadStatement, signature: string): boolean {
    return isSignedBy({ statement, signature }, this.#key);
  }
}
