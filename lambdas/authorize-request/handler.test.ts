import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newApiKey } from "../../domain/keys/api-key.ts";
import { createTable } from "../../test-support/create-table.ts";
import { sharedBuild } from "../../test-support/shared-build.ts";
import { buildLambdas } from "../build.ts";

const root = join(import.meta.dirname, "../..");
const credentials = { accessKeyId: "local", secretAccessKey: "local" };
const key = newApiKey();
const operator = newApiKey();
const server = dynalite({ createTableMs: 0 });
let folder: string;
let endpoint: string;

/** Runs the built bundle as Lambda does: a process of its own, with the SDK outside the bundle. */
async function invoke(
  mode: string,
  headers: Record<string, string> | null,
  table = "keys",
  resource = "/v1/models",
  awsEndpoint = endpoint,
): Promise<{
  readonly error?: string;
  readonly policyDocument?: { readonly Statement: readonly { readonly Effect: string }[] };
}> {
  const methodArn = "arn:aws:execute-api:us-east-1:123456789012:abc123/live/GET/v1/models";
  const script = `
    require(process.argv[1]).handler(JSON.parse(process.argv[2]), {}).then(
      (response) => console.log(JSON.stringify(response)),
      (error) => console.log(JSON.stringify({ error: error.message })),
    )`;
  const run = promisify(execFile);
  const { stdout } = await run(
    process.execPath,
    ["-e", script, join(folder, "index.js"), JSON.stringify({ type: "REQUEST", methodArn, resource, headers })],
    {
      env: {
        NODE_PATH: join(root, "node_modules"),
        AWS_REGION: "us-east-1",
        AWS_ENDPOINT_URL: awsEndpoint,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        SLUICE_KEYS_TABLE: table,
        SLUICE_AUTH_MODE: mode,
        SLUICE_PLAN_KEYS: JSON.stringify({ anonymous: "for-anonymous", standard: "for-standard" }),
      },
    },
  );
  return JSON.parse(stdout);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-lambda-"));
  const { result } = await sharedBuild({ name: "lambdas", build: buildLambdas });
  const bundle = result.find(({ name }) => name === "authorize-request");
  const files = unzipSync(await readFile(bundle!.path));
  await writeFile(join(folder, "index.js"), files["index.js"]!);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  endpoint = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const client = new DynamoDBClient({ endpoint, region: "us-east-1", credentials });
  await createTable(client, {
    TableName: "keys",
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [{ AttributeName: "keyId", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "keyId", AttributeType: "S" }],
  });
  for (const [{ keyId, hash }, scopes] of [
    [key, undefined],
    // As a newer version might write it: with an unknown scope and an unknown field.
    [operator, ["admin", "billing"]],
  ] as const)
    await client.send(
      new PutItemCommand({
        TableName: "keys",
        Item: {
          keyId: { S: keyId },
          hash: { S: hash },
          name: { S: "test" },
          plan: { S: "standard" },
          createdAt: { S: "2026-01-01T00:00:00Z" },
          ...(scopes && {
            scopes: { L: scopes.map((scope) => ({ S: scope })) },
            limits: { M: { requestsPerMinute: { N: "5" } } },
          }),
        },
      }),
    );
  client.destroy();
});

afterAll(async () => {
  server.closeAllConnections();
  await promisify(server.close.bind(server))();
  await rm(folder, { recursive: true, force: true });
});

describe("the authorizer's bundle", () => {
  test.each(["Authorization", "authorization"])("accepts a key of the table in the header %s", async (header) => {
    const response = await invoke("required", { [header]: `Bearer ${key.secret}` });
    expect(response).toMatchObject({ principalId: key.keyId, usageIdentifierKey: "for-standard" });
  });

  test("denies the operators' paths to a key without the scope admin, not to one that has it", async () => {
    const effects = async (secret: string) => {
      const { policyDocument } = await invoke("required", { authorization: `Bearer ${secret}` });
      return policyDocument?.Statement.map(({ Effect }) => Effect);
    };
    expect(await effects(key.secret)).toEqual(["Allow", "Deny"]);
    expect(await effects(operator.secret)).toEqual(["Allow"]);
  });

  test("accepts a key in x-api-key on the paths of Anthropic's SDKs, and on no other", async () => {
    const headers = { "X-Api-Key": key.secret };
    expect(await invoke("required", headers, "keys", "/v1/messages")).toMatchObject({ principalId: key.keyId });
    expect(await invoke("required", headers, "keys", "/v1/models/{model}")).toMatchObject({ principalId: key.keyId });
    expect(await invoke("required", headers, "keys", "/v1/chat/completions")).toEqual({ error: "Unauthorized" });
  });

  test("fails with exactly Unauthorized on a wrong key, which API Gateway turns into 401", async () => {
    const response = await invoke("required", { authorization: `Bearer ${newApiKey().secret}` });
    expect(response).toEqual({ error: "Unauthorized" });
  });

  test("puts a request without any headers on the anonymous plan where keys are optional", async () => {
    expect(await invoke("optional", null)).toMatchObject({ principalId: "anonymous" });
  });

  test("fails with another message when the table does not exist, which API Gateway turns into 500", async () => {
    const { error } = await invoke("required", { authorization: `Bearer ${key.secret}` }, "no-such-table");
    expect(error).toMatch(/resource not found/i);
  });

  test("ends two calls of a table that never responds, each after its 1.5 s of the function's 5", async () => {
    let calls = 0;
    const silent = createServer(() => calls++).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    const silentEndpoint = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
    const headers = { authorization: `Bearer ${key.secret}` };
    const { error } = await invoke("required", headers, "keys", "/v1/models", silentEndpoint);
    silent.close();
    expect(error).toMatch(/timeout/i);
    expect(calls).toBe(2);
  });
});
