import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { StoredGeneration } from "../../contracts/history/stored-generation.ts";
import { type GenerationContent, sealContent } from "../../domain/history/generation-content.ts";
import { subjectsOf } from "../../domain/history/generation-keys.ts";
import { DynamoHistoryStore } from "../../gateway/history/dynamo-history-store.ts";

export interface ChatTables {
  readonly document: DynamoDBDocumentClient;
  readonly historyTables: { readonly history: string; readonly keys: string };
}

export const CHAT_ID = `gen_${"0".repeat(32)}`;

/** For tests: stores a chat as a gateway does. */
export async function storeChat(
  { document: client, historyTables: { history: tableName, keys: keysTableName } }: ChatTables,
  fields: Partial<StoredGeneration> = {},
  {
    prompt = "Hello",
    response = "Hi there",
    ...content
  }: Partial<Omit<GenerationContent, "request" | "response">> & {
    readonly prompt?: string;
    readonly response?: string;
  } = {},
): Promise<StoredGeneration> {
  const options = { client, tableName, keysTableName, retentionDays: 30, now: Date.now };
  const store = new DynamoHistoryStore(options);
  const generation = {
    id: CHAT_ID,
    requestId: "req_1",
    at: new Date().toISOString(),
    route: "/v1/chat/completions",
    model: "tiny",
    target: "tiny",
    status: 200,
    keyId: "abcdefghijkl",
    projectId: "proj_1",
    ownerId: "svc_acct_1",
    isStream: false,
    isAborted: false,
    isBatch: false,
    inputTokens: 5,
    outputTokens: 7,
    durationMs: 12.5,
    requestBytes: 1,
    responseBytes: 1,
    chunks: 1,
    parts: 1,
    ...fields,
  };
  const keys = await Promise.all(subjectsOf(generation).map((subject) => store.dataKey(subject)));
  const whole = JSON.stringify({ choices: [{ message: { role: "assistant", content: response } }] });
  const bytes = Buffer.from(content.contentType === undefined ? whole : response);
  const sealed = await sealContent(
    {
      request: Buffer.from(JSON.stringify({ model: "tiny", messages: [{ role: "user", content: prompt }] })),
      response: bytes,
      contentType: "application/json",
      chunks: [[3.5, bytes.length]],
      ...content,
    },
    keys,
    generation.id,
  );
  const parts = Math.max(1, Math.ceil(sealed.length / 380_000));
  await store.put({ ...generation, parts }, sealed);
  return { ...generation, parts };
}
