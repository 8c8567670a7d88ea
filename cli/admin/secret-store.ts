import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { providerSecretId } from "../../contracts/processes/names.ts";
import { type AwsAccess, clientSettings } from "../operator/aws-access.ts";
import { awsFailure } from "../operator/aws-failure.ts";
import { UserError } from "../terminal/user-error.ts";

/** Store of the keys of an environment's providers: Secrets Manager of the local stack, or on AWS. */
export interface SecretStoreOptions extends AwsAccess {
  readonly environment: string;
}

/** Keys of providers in Secrets Manager. */
export class SecretStore {
  readonly #client: SecretsManagerClient;
  readonly #environment: string;

  constructor({ environment, ...access }: SecretStoreOptions) {
    this.#environment = environment;
    this.#client = new SecretsManagerClient(clientSettings(access));
  }

  secretId(provider: string): string {
    return providerSecretId(this.#environment, provider);
  }

  /**
   * Stores a provider's key and replaces an existing one.
   * @returns a function that restores the former state
   * @throws {UserError} when AWS refuses
   */
  async put(provider: string, key: string): Promise<() => Promise<void>> {
    const SecretId = this.secretId(provider);
    try {
      const former = await this.#read(SecretId);
      if (former === undefined) await this.#create(SecretId, key);
      else await this.#replace(SecretId, key);
      return async () => {
        if (former !== undefined) await this.#replace(SecretId, former);
        else await this.#client.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
      };
    } catch (error) {
      const failure = awsFailure(error);
      if (failure === undefined) throw error;
      throw new UserError(`The key was not stored: ${failure.text}; ${failure.remedy}.`);
    }
  }

  async #read(SecretId: string): Promise<string | undefined> {
    try {
      return (await this.#client.send(new GetSecretValueCommand({ SecretId }))).SecretString;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  async #create(Name: string, SecretString: string): Promise<void> {
    const Description = "Key of a provider, stored by sluice providers add.";
    await this.#client.send(new CreateSecretCommand({ Name, SecretString, Description }));
  }

  async #replace(SecretId: string, SecretString: string): Promise<void> {
    await this.#client.send(new PutSecretValueCommand({ SecretId, SecretString }));
  }
}
