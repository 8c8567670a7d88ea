import { generateKeyPairSync, sign } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import dynalite from "dynalite";
import type { ControlRecord } from "../contracts/control/records.ts";
import { AccessTokens } from "../domain/issuers/access-tokens.ts";
import { IssuerKeys } from "../domain/issuers/issuer-keys.ts";
import { FailedKeys } from "../domain/keys/failed-keys.ts";
import { controlItem } from "../domain/tenancy/control-items.ts";
import { CachedKeyStore } from "../gateway/keys/cached-key-store.ts";
import { DynamoKeyStore } from "../gateway/keys/dynamo-key-store.ts";
import { PrincipalKeys } from "../gateway/keys/principal-keys.ts";
import { TokenIdentities } from "../gateway/keys/token-identities.ts";
import { keyOfToken } from "../gateway/pipeline/identify/identify-token.ts";
import { fetchDocument } from "../lib/http/fetch-document.ts";
import { percentiles } from "../lib/percentile.ts";
import { loadAverage, machine } from "./machine.ts";

/**
 * Time in which the gateway finds the rights of an access token: warm, where it was verified within ten minutes and its user
 * read within 5 s; and cold, where each token and each user comes for the first time. Tokens are signed with RS256 by an
 * issuer, and users read from a DynamoDB, in this same process: their time counts too. `node bench/token-check.ts [people] [warm]` writes
 * bench/results/token-check.json.
 */
const [people = 500, warmChecks = 200_000] = process.argv.slice(2).map(Number);
const ORGANIZATION = "default";
const PROJECT = "proj_bench";
const AUDIENCE = "https://api.example.com";
const TABLES = { control: "control", keys: "keys" };

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const issuerServer = createServer((request, response) => {
  const keys = [{ ...publicKey.export({ format: "jwk" }), kid: "first", alg: "RS256", use: "sig" }];
  response.end(JSON.stringify(request.url === "/keys" ? { keys } : { issuer, jwks_uri: `${issuer}/keys` }));
});
issuerServer.listen(0, "127.0.0.1");
await new Promise((resolve) => issuerServer.once("listening", resolve));
const issuer = `http://127.0.0.1:${(issuerServer.address() as AddressInfo).port}`;
const database = dynalite({ createTableMs: 0 });
await new Promise<void>((resolve) => database.listen(0, "127.0.0.1", () => resolve()));
const raw = new DynamoDBClient({
  endpoint: `http://127.0.0.1:${(database.address() as AddressInfo).port}`,
  region: "us-east-1",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
});
const client = DynamoDBDocumentClient.from(raw);
await createTable(TABLES.keys, "keyId");
await createTable(TABLES.control, "organizationId", "recordId");

async function createTable(TableName: string, hash: string, range?: string): Promise<void> {
  const names = [hash, ...(range === undefined ? [] : [range])];
  await raw.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      KeySchema: names.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? "HASH" : "RANGE" })),
    }),
  );
  const status = async () => (await raw.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus;
  while ((await status()) !== "ACTIVE");
}

async function store(record: ControlRecord): Promise<void> {
  await client.send(new PutCommand({ TableName: TABLES.control, Item: controlItem(ORGANIZATION, record) }));
}

await store({ kind: "project", version: 1, id: PROJECT, name: "bench", createdAt: 1 });
const emails = Array.from({ length: people }, (_, index) => `person${index}@acme.example`);
for (const [index, email] of emails.entries()) {
  const id = `user-${index}`;
  await store({ kind: "email", version: 1, email, ownerId: id });
  await store({ kind: "user", version: 1, id, email, role: "member", addedAt: 1 });
  await store({ kind: "membership", version: 1, projectId: PROJECT, userId: id, role: "member", addedAt: 1 });
}

function tokenOf(email: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: issuer, sub: email, aud: AUDIENCE, email, email_verified: true, iat: now, exp: now + 3600 };
  const signed = `${part({ alg: "RS256", kid: "first", typ: "at+jwt" })}.${part(claims)}`;
  return `${signed}.${sign("sha256", Buffer.from(signed), privateKey).toString("base64url")}`;
}

const settings = { people: { issuer, clientId: "bench", accessTokens: { audience: AUDIENCE } }, workloads: [] };
const now = () => performance.now();
const principals = new PrincipalKeys({ client, controlTable: TABLES.control, organization: ORGANIZATION, settings });
const issuers = new IssuerKeys({ read: fetchDocument, now });
const tools = {
  keys: new CachedKeyStore({ now, store: new DynamoKeyStore({ client, tableName: TABLES.keys, principals }) }),
  tokens: new TokenIdentities(new AccessTokens({ settings, keys: issuers, wallClock: Date.now }), principals, now),
  failedKeys: new FailedKeys(100),
  addressLimit: { isTrusted: () => false },
  now,
  wallClock: Date.now,
};
const caller = {
  request: { headers: { "openai-project": PROJECT }, address: "203.0.113.7" },
  addressTenant: "203.0.113.7",
};

async function check(token: string): Promise<number> {
  const from = process.hrtime.bigint();
  const key = keyOfToken(caller, token, "generate", tools);
  if (key instanceof Promise) await key;
  return Number(process.hrtime.bigint() - from) / 1e6;
}

// The first of a process reads the issuer's keys, and its code is compiled.
const first = await check(tokenOf(emails[0] ?? ""));
const tokens = emails.slice(1).map(tokenOf);
const cold: number[] = [];
for (const token of tokens) cold.push(await check(token));
const warm = new Float64Array(warmChecks);
const used = tokenOf(emails[0] ?? "");
await check(used);
for (let index = 0; index < warmChecks; index++) {
  const from = process.hrtime.bigint();
  const key = keyOfToken(caller, used, "generate", tools);
  // What was read for 5 s is read again.
  if (key instanceof Promise) await key;
  warm[index] = Number(process.hrtime.bigint() - from) / 1e6;
}
const report = {
  command: `node bench/token-check.ts ${people} ${warmChecks}`,
  machine: machine(),
  loadAverage: loadAverage(),
  unit: "milliseconds",
  first: Math.round(first * 100) / 100,
  cold: { tokens: cold.length, ...percentiles(cold, 3) },
  warm: { checks: warmChecks, ...percentiles(warm, 4) },
};
const folder = join(import.meta.dirname, "results");
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "token-check.json"), `${JSON.stringify(report, null, 2)}\n`);
console.log(JSON.stringify(report));
raw.destroy();
issuerServer.close();
database.close();
