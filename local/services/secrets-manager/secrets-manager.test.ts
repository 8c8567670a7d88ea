import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { describe, expect, onTestFinished, test } from "vitest";
import { awsEndpoint } from "../../aws-api/endpoint.ts";
import { LOCAL_CREDENTIALS } from "../../runtime/aws-environment.ts";
import { serve, temporaryFolder } from "../../test/tools.ts";
import { secretsManagerOperations } from "./api.ts";
import { SecretsManagerRuntime } from "./runtime.ts";

/** AWS's own client of a twin whose secrets are in this file. */
async function clientOf(file?: string) {
  const port = await serve(
    awsEndpoint({
      dynamodb: (_request, response) => void response.end(),
      s3: async (_request, response) => void response.end(),
      json: secretsManagerOperations(new SecretsManagerRuntime(file), "eu-west-1"),
      query: {},
    }),
  );
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new SecretsManagerClient({ endpoint, region: "eu-west-1", credentials: LOCAL_CREDENTIALS });
  onTestFinished(() => client.destroy());
  return client;
}

const Name = "sluice/together";

describe("Secrets Manager on this machine", () => {
  test("stores, replaces and deletes a secret, which is read by its name and by its ARN", async () => {
    const client = await clientOf();
    const { ARN } = await client.send(new CreateSecretCommand({ Name, SecretString: "key-1" }));
    const read = async (SecretId = Name) => (await client.send(new GetSecretValueCommand({ SecretId }))).SecretString;
    expect(await read()).toBe("key-1");
    expect(await read(ARN)).toBe("key-1");
    await client.send(new PutSecretValueCommand({ SecretId: Name, SecretString: "key-2" }));
    expect(await read()).toBe("key-2");
    await client.send(new DeleteSecretCommand({ SecretId: Name }));
    await expect(read()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  test("refuses with AWS's errors what exists already, and what does not", async () => {
    const client = await clientOf();
    const create = () => client.send(new CreateSecretCommand({ Name, SecretString: "key" }));
    await create();
    await expect(create()).rejects.toMatchObject({ name: "ResourceExistsException" });
    const put = client.send(new PutSecretValueCommand({ SecretId: "other", SecretString: "key" }));
    await expect(put).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  test("is there after a restart, in a file for the user alone", async () => {
    const file = join(temporaryFolder(), "data", "secrets.json");
    await (await clientOf(file)).send(new CreateSecretCommand({ Name, SecretString: "key" }));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { SecretString } = await (await clientOf(file)).send(new GetSecretValueCommand({ SecretId: Name }));
    expect(SecretString).toBe("key");
  });

  test("begins without secrets where the file is damaged, and replaces it with the next one", async () => {
    const file = join(temporaryFolder(), "secrets.json");
    writeFileSync(file, '{"sluice/toge');
    const client = await clientOf(file);
    await expect(client.send(new GetSecretValueCommand({ SecretId: Name }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
    await client.send(new CreateSecretCommand({ Name, SecretString: "key" }));
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ [Name]: "key" });
  });
});
