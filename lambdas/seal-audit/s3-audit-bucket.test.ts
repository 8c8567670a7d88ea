import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { S3Client } from "@aws-sdk/client-s3";
import { expect, onTestFinished, test } from "vitest";
import { S3AuditBucket } from "./s3-audit-bucket.ts";

/** A bucket whose server responds to each write with the next of these error codes, and then stores. */
async function bucketWith(codes: readonly { readonly status: number; readonly code: string }[]) {
  const writes: string[] = [];
  const server = createServer(async (request, response) => {
    if (request.method === "GET") return void response.end("written by the other run");
    for await (const _ of request);
    writes.push(request.headers["if-none-match"] ?? "");
    const failure = codes[writes.length - 1];
    if (failure === undefined) return void response.end();
    response.writeHead(failure.status, { "content-type": "application/xml" });
    response.end(`<Error><Code>${failure.code}</Code><Message>x</Message></Error>`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${port}`,
    region: "eu-west-1",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "not-a-secret" },
    forcePathStyle: true,
    maxAttempts: 1,
  });
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  return { bucket: new S3AuditBucket(client, "audit"), writes };
}

const CONFLICT = { status: 409, code: "ConditionalRequestConflict" };
const EXISTS = { status: 412, code: "PreconditionFailed" };

test("a write that meets that of another run is sent again, and has the other's content where that one was first", async () => {
  const first = await bucketWith([CONFLICT]);
  expect([await first.bucket.putOnce("org-a/x", "own"), first.writes]).toEqual(["own", ["*", "*"]]);
  const second = await bucketWith([CONFLICT, EXISTS]);
  expect(await second.bucket.putOnce("org-a/x", "own")).toBe("written by the other run");
});

test("a conflict that stays, and any other refusal, is an error", async () => {
  const always = await bucketWith(Array(9).fill(CONFLICT));
  await expect(always.bucket.putOnce("org-a/x", "own")).rejects.toMatchObject({ name: CONFLICT.code });
  expect(always.writes).toHaveLength(4);
  const denied = await bucketWith([{ status: 403, code: "AccessDenied" }]);
  await expect(denied.bucket.putOnce("org-a/x", "own")).rejects.toMatchObject({ name: "AccessDenied" });
  expect(denied.writes).toHaveLength(1);
});
