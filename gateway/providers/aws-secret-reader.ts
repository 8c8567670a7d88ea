import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { SecretReader } from "./provider-credential.ts";

const TIMEOUT_MS = 3000;

export interface AwsSecretReaderOptions {
  readonly client: Pick<SecretsManagerClient, "send">;
  /** Variables of the process that hold keys, by name. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Secrets of Secrets Manager, and keys in the process's own environment. */
export class AwsSecretReader implements SecretReader {
  readonly #options: AwsSecretReaderOptions;

  constructor(options: AwsSecretReaderOptions) {
    this.#options = options;
  }

  async secret(secretId: string): Promise<string> {
    const command = new GetSecretValueCommand({ SecretId: secretId });
    const { SecretString } = await this.#options.client.send(command, { abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
    return SecretString ?? "";
  }

  variable(name: string): string | undefined {
    return Object.hasOwn(this.#options.variables, name) ? this.#options.variables[name] : undefined;
  }
}
