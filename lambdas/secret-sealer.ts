import { DecryptCommand, EncryptCommand, type KMSClient } from "@aws-sdk/client-kms";
import { WEBHOOK_SECRET_USE } from "../contracts/notices/webhooks.ts";

/** Whose secret it is: sealed for one, it can't be opened as another's. */
export interface SecretOwner {
  readonly organizationId: string;
  readonly webhookId: string;
}

/** Encrypts secrets that are stored, and reads them again. */
export interface SecretSealer {
  seal(secret: string, owner: SecretOwner): Promise<string>;
  /** A secret that a release before stored is as it was. @throws where it was sealed for another owner, or changed since */
  open(stored: string, owner: SecretOwner): Promise<string>;
}

/** Start of what is sealed. */
const SEALED = "kms:";

/** Seals secrets of webhooks by the environment's key in KMS. */
export class KmsSecretSealer implements SecretSealer {
  readonly #client: KMSClient;
  readonly #keyArn: string;

  constructor(client: KMSClient, keyArn: string) {
    this.#client = client;
    this.#keyArn = keyArn;
  }

  async seal(secret: string, owner: SecretOwner): Promise<string> {
    const command = new EncryptCommand({
      KeyId: this.#keyArn,
      Plaintext: Buffer.from(secret, "utf8"),
      EncryptionContext: contextOf(owner),
    });
    const { CiphertextBlob } = await this.#client.send(command);
    if (CiphertextBlob === undefined) throw new Error("KMS sent no ciphertext");
    return SEALED + Buffer.from(CiphertextBlob).toString("base64");
  }

  async open(stored: string, owner: SecretOwner): Promise<string> {
    if (!stored.startsWith(SEALED)) return stored;
    const command = new DecryptCommand({
      KeyId: this.#keyArn,
      CiphertextBlob: Buffer.from(stored.slice(SEALED.length), "base64"),
      EncryptionContext: contextOf(owner),
    });
    const { Plaintext } = await this.#client.send(command);
    if (Plaintext === undefined) throw new Error("KMS sent no plaintext");
    return Buffer.from(Plaintext).toString("utf8");
  }
}

function contextOf({ organizationId, webhookId }: SecretOwner): Record<string, string> {
  return { use: WEBHOOK_SECRET_USE, organization: organizationId, webhook: webhookId };
}
