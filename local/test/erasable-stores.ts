import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { FileCopies } from "../../lambdas/administer/holds/file-copies.ts";
import { FileHolds } from "../../lambdas/administer/holds/file-holds.ts";
import { ResponseHolds } from "../../lambdas/administer/holds/response-holds.ts";
import { StoredHolds } from "../../lambdas/administer/holds/stored-holds.ts";
import { FileExpiry } from "../../lambdas/administer/retention/file-expiry.ts";
import { HistoryExpiry } from "../../lambdas/administer/retention/history-expiry.ts";
import { ResponseExpiry } from "../../lambdas/administer/retention/response-expiry.ts";
import { StoredExpiry } from "../../lambdas/administer/retention/stored-expiry.ts";
import { StoredData } from "../../lambdas/administer/store/erasable-data.ts";
import { FileEraser } from "../../lambdas/administer/store/file-eraser.ts";
import type { HistorySource } from "../../lambdas/administer/store/history-source.ts";
import { ResponseEraser } from "../../lambdas/administer/store/response-eraser.ts";
import { S3UsageFiles } from "../../lambdas/count-usage/s3-usage-files.ts";
import { bind } from "../http/server.ts";
import { LOCAL_CREDENTIALS } from "../runtime/aws-environment.ts";
import type { LocalDynamoDb } from "../services/dynamodb/local-dynamodb.ts";
import { handleS3 } from "../services/s3/api.ts";
import { ObjectFolder } from "../services/s3/object-folder.ts";

const RESPONSES = "sluice-dev-responses";
const BATCHES = "sluice-dev-batches";
const BUCKET = "files";
const USAGE_BUCKET = "usage-files";

interface Stores {
  readonly dynamodb: LocalDynamoDb;
  readonly document: DynamoDBDocumentClient;
  readonly history: HistorySource;
  readonly historyTable: string;
  readonly region: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly atEnd: (end: () => Promise<void>) => void;
}

/** Empty tables of responses and batches, and a bucket of files, which an erasure deletes from. */
export async function erasableStores({ dynamodb, document, history, historyTable, region, now, atEnd }: Stores) {
  for (const [name, hash_key, range_key] of [
    [RESPONSES, "tenant", "id"],
    [BATCHES, "pk", "sk"],
  ] as const) {
    const attribute = [hash_key, range_key].map((one) => ({ name: one, type: "S" }));
    await dynamodb.createTable({ name, hash_key, range_key, attribute });
  }
  const folder = mkdtempSync(join(tmpdir(), "sluice-files-"));
  const objects = new ObjectFolder(folder);
  const usageFolder = mkdtempSync(join(tmpdir(), "sluice-usage-"));
  const usageObjects = new ObjectFolder(usageFolder);
  const buckets = new Map([
    [BUCKET, objects],
    [USAGE_BUCKET, usageObjects],
  ]);
  const server = await bind(0, "", (request, response) => {
    handleS3((name) => buckets.get(name), request, response).catch(() => response.destroy());
  });
  const address = `http://127.0.0.1:${server.port}`;
  const s3 = new S3Client({ endpoint: address, region, credentials: LOCAL_CREDENTIALS, forcePathStyle: true });
  atEnd(async () => {
    s3.destroy();
    await server.close();
    rmSync(folder, { recursive: true });
    rmSync(usageFolder, { recursive: true });
  });
  const files = new FileEraser({ client: document, tableName: BATCHES, s3, bucket: BUCKET });
  const erasable = new StoredData({
    history,
    responses: new ResponseEraser(document, RESPONSES),
    files,
    holds: new StoredHolds({
      responses: new ResponseHolds(document, RESPONSES, now),
      files: {
        holds: new FileHolds({ client: document, tableName: BATCHES, copies: new FileCopies(s3, BUCKET), now }),
        noted: files,
      },
    }),
  });
  const expiry = new StoredExpiry({
    history: new HistoryExpiry(document, historyTable),
    responses: new ResponseExpiry(document, RESPONSES),
    files: { expiry: new FileExpiry(document, BATCHES), keyIds: (subject) => files.keyIds(subject) },
  });
  const usageFiles = new S3UsageFiles(s3, USAGE_BUCKET);
  const storeNames = { responses: RESPONSES, batches: BATCHES, bucket: BUCKET };
  return { erasable, expiry, usageFiles, s3, objects, storeNames };
}
