import { randomUUID } from "node:crypto";
import { AwsApiError } from "../../aws-api/aws-api-error.ts";
import type { JsonOperations } from "../../aws-api/endpoint.ts";
import { asText, type JsonObject } from "../../template/json.ts";
import type { SecretsManagerRuntime } from "./runtime.ts";

/** The calls of gateways, which read secrets, and of the CLI, which stores them. A secret has one version, the current one. */
export function secretsManagerOperations(secrets: SecretsManagerRuntime, region: string): JsonOperations {
  const arnOf = (name: string) => `arn:aws:secretsmanager:${region}:000000000000:secret:${name}-local0`;
  const described = (name: string) => ({ ARN: arnOf(name), Name: name });
  const stored = (request: JsonObject) => {
    const id = asText(request.SecretId);
    const name = /^arn:aws:secretsmanager:[^:]*:\d*:secret:(.+)-\w{6}$/.exec(id)?.[1] ?? id;
    const text = secrets.get(name);
    if (text === undefined)
      throw new AwsApiError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    return { name, text };
  };
  return {
    GetSecretValue: (request) => {
      const { name, text } = stored(request);
      return { ...described(name), SecretString: text, VersionStages: ["AWSCURRENT"] };
    },
    CreateSecret: (request) => {
      const name = asText(request.Name);
      if (secrets.get(name) !== undefined)
        throw new AwsApiError("ResourceExistsException", `A secret with the name ${name} already exists.`);
      secrets.put(name, asText(request.SecretString));
      return { ...described(name), VersionId: randomUUID() };
    },
    PutSecretValue: (request) => {
      const { name } = stored(request);
      secrets.put(name, asText(request.SecretString));
      return { ...described(name), VersionId: randomUUID(), VersionStages: ["AWSCURRENT"] };
    },
    DeleteSecret: (request) => {
      const { name } = stored(request);
      secrets.delete(name);
      return { ...described(name), DeletionDate: Date.now() / 1000 };
    },
  };
}
