import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { onTestFinished } from "vitest";
import type { WorkloadPolicy } from "../../../contracts/processes/workloads.ts";
import { IssuerKeys } from "../../../domain/issuers/issuer-keys.ts";
import { DynamoKeyStore } from "../../../gateway/keys/dynamo-key-store.ts";
import { ExchangeStore } from "../../../lambdas/exchange-token/exchange-store.ts";
import { requestOf } from "../../../lambdas/exchange-token/received-request.ts";
import { serve } from "../../../lambdas/exchange-token/serve.ts";
import { type LocalIssuer, newKey, startIssuer } from "../../../lambdas/exchange-token/test/local-issuer.ts";
import { fetchDocument } from "../../../lib/http/fetch-document.ts";
import { bind } from "../../http/server.ts";
import { LOCAL_CREDENTIALS } from "../../runtime/aws-environment.ts";
import { LocalDynamoDb } from "../../services/dynamodb/local-dynamodb.ts";

const TABLE = "keys";
export const GRANT = "urn:ietf:params:oauth:grant-type:token-exchange";
export const JWT = "urn:ietf:params:oauth:token-type:jwt";
export const AUDIENCE = "https://api.example.com";

/** Two keys of issuers, made once. */
export const first = newKey("first");
export const second = newKey("second");

export interface Sent {
  readonly token: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly contentType?: string;
  readonly address?: string;
  readonly method?: string;
}

/** The exchange as the function serves it, with its table in the local DynamoDB. */
export async function setUp(workloads: readonly WorkloadPolicy[]) {
  const dynamodb = new LocalDynamoDb(undefined);
  const bound = await bind(0, "", (request, response) => dynamodb.handle(request, response));
  const endpoint = `http://127.0.0.1:${bound.port}`;
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint, region: "eu-west-1", credentials: LOCAL_CREDENTIALS }),
    { marshallOptions: { removeUndefinedValues: true } },
  );
  await dynamodb.createTable({ name: TABLE, hash_key: "keyId", attribute: [{ name: "keyId", type: "S" }] });
  onTestFinished(async () => {
    client.destroy();
    await bound.close();
    await dynamodb.close();
  });
  const clock = { ms: 0, wallMs: undefined as number | undefined };
  const lines: Readonly<Record<string, unknown>>[] = [];
  const tools = {
    workloads,
    keys: new IssuerKeys({ read: fetchDocument, now: () => clock.ms }),
    store: new ExchangeStore(client, TABLE),
    log: (line: Readonly<Record<string, unknown>>) => void lines.push(line),
    wallClock: () => clock.wallMs ?? Date.now(),
  };
  const send = async ({ token, fields = {}, contentType, body, address = "192.0.2.1", method = "POST" }: Sent) => {
    const form = { grant_type: GRANT, subject_token: token, subject_token_type: JWT, ...fields };
    const event = {
      httpMethod: method,
      path: "/oauth/token",
      multiValueHeaders: {
        "content-type": [contentType ?? "application/x-www-form-urlencoded"],
        "x-forwarded-for": [`203.0.113.7, ${address}`],
      },
      body: Buffer.from(body ?? new URLSearchParams(form).toString()).toString("base64"),
      isBase64Encoded: true,
    };
    const response = await serve(requestOf(event, "load-balancer", "request-1"), tools);
    return { status: response.statusCode, headers: response.multiValueHeaders, body: JSON.parse(response.body) };
  };
  const items = async () => (await client.send(new ScanCommand({ TableName: TABLE }))).Items ?? [];
  const item = async (keyId: string) => (await client.send(new GetCommand({ TableName: TABLE, Key: { keyId } }))).Item;
  const keyStore = new DynamoKeyStore({ client, tableName: TABLE });
  return { send, items, item, lines, clock, keyStore };
}

export const policyFor = (issuer: Pick<LocalIssuer, "issuer">, own: Partial<WorkloadPolicy> = {}): WorkloadPolicy => ({
  name: "nightly",
  issuer: issuer.issuer,
  audience: AUDIENCE,
  claims: { sub: "repo:acme/*", ref: "refs/heads/main" },
  ...own,
});

/** The exchange with one policy, and its issuer. */
export async function started(own: Partial<WorkloadPolicy> = {}) {
  const issuer = await startIssuer([first]);
  return { issuer, ...(await setUp([policyFor(issuer, own)])) };
}
