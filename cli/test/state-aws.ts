import type { IncomingMessage, ServerResponse } from "node:http";
import { text as readText } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { LocalDynamoDb } from "../../local/services/dynamodb/local-dynamodb.ts";
import { serve } from "../../local/test/tools.ts";

/** The AWS that OpenTofu's backend and encryption call, on a real socket: S3, DynamoDB, KMS and STS. */
export interface StateAws {
  readonly url: string;
  /** Objects by bucket and key. */
  readonly buckets: Map<string, Map<string, Buffer>>;
  /** Whether objects may be written. */
  isWritable: boolean;
  /** Certificates imported into ACM, unchanged. */
  readonly certificates: Readonly<Record<string, unknown>>[];
  /** Environment variables for OpenTofu and the AWS SDK. */
  readonly environment: Readonly<Record<string, string>>;
}

const DATA_KEY = Buffer.alloc(32, 7).toString("base64");
const ARN = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000001";

/** Starts it with a lock table; stopped when the test is over. A bucket is created with `PUT /<bucket>`. */
export async function stateAws(lockTable: string): Promise<StateAws> {
  const dynamodb = new LocalDynamoDb(undefined);
  const buckets: StateAws["buckets"] = new Map();
  const certificates: Readonly<Record<string, unknown>>[] = [];
  let aws: StateAws;

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = String(request.headers["x-amz-target"] ?? "");
    if (target.startsWith("DynamoDB")) return dynamodb.handle(request, response);
    if (target.startsWith("CertificateManager")) {
      certificates.push(JSON.parse(await readText(request)));
      return json(response, { CertificateArn: ARN });
    }
    if (target.startsWith("TrentService"))
      return json(response, { Plaintext: DATA_KEY, CiphertextBlob: DATA_KEY, KeyId: "arn:aws:kms:us-east-1:1:key/a" });
    if (request.method === "POST") return void response.end(CALLER);
    await storage(request, response);
  }

  async function storage(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, bucket = "", ...rest] = decodeURIComponent(new URL(request.url ?? "", "http://x").pathname).split("/");
    const key = rest.join("/");
    const objects = buckets.get(bucket);
    const body = Buffer.from(await readText(request));
    if (request.method === "PUT" && key === "") buckets.set(bucket, new Map());
    else if (request.method === "DELETE" && key === "") buckets.delete(bucket);
    else if (!objects) return notFound(response, "NoSuchBucket");
    else if (key === "") return void response.end(EMPTY_LIST);
    else if (request.method === "PUT") {
      if (!aws.isWritable) return void response.writeHead(403).end("<Error><Code>AccessDenied</Code></Error>");
      objects.set(key, body);
    } else {
      const object = objects.get(key);
      if (!object) return notFound(response, "NoSuchKey");
      response.setHeader("content-length", object.length);
      return void response.end(request.method === "HEAD" ? undefined : object);
    }
    response.setHeader("etag", '"x"').end();
  }

  const port = await serve((request, response) => {
    respond(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  onTestFinished(() => dynamodb.close());
  const url = `http://127.0.0.1:${port}`;
  const table = { name: lockTable, hash_key: "LockID", attribute: [{ name: "LockID", type: "S" }] };
  await dynamodb.createTable(table);
  const environment = {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_EC2_METADATA_DISABLED: "true",
  };
  aws = { url, buckets, certificates, environment, isWritable: true };
  return aws;
}

const CALLER =
  "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/a</Arn>" +
  "<Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
const EMPTY_LIST =
  "<ListBucketResult><Name>b</Name><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>";

function json(response: ServerResponse, body: object): void {
  response.setHeader("content-type", "application/x-amz-json-1.1").end(JSON.stringify(body));
}

function notFound(response: ServerResponse, code: string): void {
  response.writeHead(404).end(response.req.method === "HEAD" ? undefined : `<Error><Code>${code}</Code></Error>`);
}
