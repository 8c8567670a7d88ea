import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Command } from "commander";
import { onTestFinished } from "vitest";
import { newApiKey } from "../../domain/keys/api-key.ts";
import { AwsSecretReader } from "../../gateway/providers/aws-secret-reader.ts";
import { provide } from "../../gateway/test/provider-fixture.ts";
import { startRoutesTable } from "../../gateway/test/routes-table.ts";
import { startTestGateway } from "../../gateway/test/test-gateway.ts";
import { awsEndpoint } from "../../local/aws-api/endpoint.ts";
import { bind } from "../../local/http/server.ts";
import { LOCAL_CREDENTIALS } from "../../local/runtime/aws-environment.ts";
import { secretsManagerOperations } from "../../local/services/secrets-manager/api.ts";
import { SecretsManagerRuntime } from "../../local/services/secrets-manager/runtime.ts";
import { providerConfig, routeConfig } from "../../test-support/target-config.ts";
import type { AdminTools } from "../admin/admin-endpoint.ts";
import { SecretStore } from "../admin/secret-store.ts";

/**
 * A real gateway with a provider `a`, a route `chat` to it and an admin's key, beside Secrets Manager of the local stack;
 * `cli` runs a command against both. What a hidden prompt reads is `typed`.
 */
export async function startAdminService() {
  const [provider, other] = [await provide({ callsTools: true }), await provide()];
  const secrets = await startSecretsManager();
  const { changeStore, spendStore } = await startRoutesTable();
  const gateway = await startTestGateway({
    changeStore,
    spendStore,
    secrets: new AwsSecretReader({ client: secrets.client, variables: {} }),
    config: { providers: [providerConfig("a", provider.origin)], routes: [routeConfig("chat", ["a/small"])] },
  });
  const { keyId, hash, secret } = newApiKey();
  const item = { keyId, hash, name: "x", plan: "standard", createdAt: "2026-01-01T00:00:00Z" };
  gateway.keys.set(keyId, { ...item, scopes: ["admin"] });
  const variables: Record<string, string> = { SLUICE_API_KEY: secret };
  const typed: string[] = [];
  const prompts: string[] = [];
  const hiddenPrompt = async (text: string) => {
    prompts.push(text);
    return typed.shift() ?? "";
  };
  const cli = (make: (tools: AdminTools) => Command, localUrl: string | null = gateway.url) => {
    return async (...args: string[]): Promise<string> => {
      const printed: string[] = [];
      const command = make({
        print: (text) => printed.push(text),
        localUrl: () => localUrl ?? undefined,
        variable: (name) => variables[name],
        ...(typed.length > 0 ? { hiddenPrompt } : {}),
        secretStore: async ({ environment = "dev" }) => new SecretStore({ ...secrets.address, environment }),
      });
      for (const part of [command, ...command.commands])
        part.exitOverride().configureOutput({ writeErr: () => undefined });
      await command.parseAsync(args, { from: "user" });
      return printed.join("\n");
    };
  };
  return { ...gateway, provider, other, secret, variables, typed, prompts, secrets: secrets.runtime, cli };
}

/** Secrets Manager as the twin has it, with AWS's client of it. */
async function startSecretsManager() {
  const runtime = new SecretsManagerRuntime(undefined);
  const region = "eu-west-1";
  const handle = awsEndpoint({
    dynamodb: (_request, response) => void response.destroy(),
    s3: async (_request, response) => void response.destroy(),
    json: secretsManagerOperations(runtime, region),
    query: {},
  });
  const server = await bind(0, "", handle);
  const endpoint = `http://127.0.0.1:${server.port}`;
  const client = new SecretsManagerClient({ region, endpoint, credentials: LOCAL_CREDENTIALS });
  onTestFinished(async () => {
    client.destroy();
    await server.close();
  });
  return { runtime, client, address: { region, endpoint } };
}

/** A file with this content, until the test is over. */
export function fileOf(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), "sluice-admin-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "file");
  writeFileSync(file, content);
  return file;
}
