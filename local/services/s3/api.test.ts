import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketAclCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, onTestFinished, test } from "vitest";
import { LOCAL_CREDENTIALS } from "../../runtime/aws-environment.ts";
import { serve } from "../../test/tools.ts";
import { handleS3 } from "./api.ts";
import { ObjectFolder } from "./object-folder.ts";

async function setUp() {
  const folder = mkdtempSync(join(tmpdir(), "s3-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const bucket = new ObjectFolder(folder);
  const port = await serve((request, response) => {
    handleS3((name) => (name === "files" ? bucket : undefined), request, response).catch(() => response.destroy());
  });
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${port}`,
    region: "us-east-1",
    credentials: LOCAL_CREDENTIALS,
  });
  onTestFinished(() => client.destroy());
  return { client, folder };
}

const at = (Key: string) => ({ Bucket: "files", Key });

describe("AWS's own client", () => {
  test("puts an object, and gets the whole of it or a part", async () => {
    const { client } = await setUp();
    await client.send(new PutObjectCommand({ ...at("a/b ü.txt"), Body: "0123456789" }));
    const whole = await client.send(new GetObjectCommand(at("a/b ü.txt")));
    expect(await whole.Body?.transformToString()).toBe("0123456789");
    const part = await client.send(new GetObjectCommand({ ...at("a/b ü.txt"), Range: "bytes=2-4" }));
    expect(await part.Body?.transformToString()).toBe("234");
    expect(await client.send(new HeadObjectCommand(at("a/b ü.txt")))).toMatchObject({ ContentLength: 10 });
  });

  test("copies an object, whole and as ranges of a multipart upload, and is refused for one that is not there", async () => {
    const { client } = await setUp();
    await client.send(new PutObjectCommand({ ...at("a/b%2F ü.txt"), Body: "0123456789" }));
    const CopySource = `files/${["a", "b%2F ü.txt"].map(encodeURIComponent).join("/")}`;
    const text = async (key: string) => (await client.send(new GetObjectCommand(at(key)))).Body?.transformToString();
    const copied = await client.send(new CopyObjectCommand({ ...at("c"), CopySource }));
    expect(copied.CopyObjectResult?.ETag).toMatch(/^"\w+"$/);
    expect([await text("c"), await text("a/b%2F ü.txt")]).toEqual(["0123456789", "0123456789"]);
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(at("d")));
    const parts = await Promise.all(
      ["bytes=0-6", "bytes=7-9"].map((CopySourceRange, index) =>
        client.send(
          new UploadPartCopyCommand({ ...at("d"), UploadId, PartNumber: index + 1, CopySource, CopySourceRange }),
        ),
      ),
    );
    const Parts = parts.map(({ CopyPartResult }, index) => ({ PartNumber: index + 1, ETag: CopyPartResult?.ETag }));
    await client.send(new CompleteMultipartUploadCommand({ ...at("d"), UploadId, MultipartUpload: { Parts } }));
    expect(await text("d")).toBe("0123456789");
    const missing = client.send(new CopyObjectCommand({ ...at("e"), CopySource: "files/none" }));
    await expect(missing).rejects.toMatchObject({ name: "NoSuchKey" });
  });

  test("puts a stream of known length, which comes in chunks", async () => {
    const { client } = await setUp();
    const bytes = Buffer.alloc(200_000, "xyz");
    const pieces = [bytes.subarray(0, 70_000), bytes.subarray(70_000)];
    await client.send(new PutObjectCommand({ ...at("s"), Body: Readable.from(pieces), ContentLength: bytes.length }));
    const { Body } = await client.send(new GetObjectCommand(at("s")));
    expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
  });

  test("puts an object in parts, which is there when they are complete", async () => {
    const { client } = await setUp();
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(at("big")));
    const parts = [];
    for (const [index, text] of ["one ", "two ", "three"].entries()) {
      const PartNumber = index + 1;
      const { ETag } = await client.send(new UploadPartCommand({ ...at("big"), UploadId, PartNumber, Body: text }));
      parts.push({ PartNumber, ETag });
    }
    await expect(client.send(new GetObjectCommand(at("big")))).rejects.toMatchObject({ name: "NoSuchKey" });
    await client.send(
      new CompleteMultipartUploadCommand({ ...at("big"), UploadId, MultipartUpload: { Parts: parts } }),
    );
    const { Body } = await client.send(new GetObjectCommand(at("big")));
    expect(await Body?.transformToString()).toBe("one two three");
  });

  test("aborts an upload, whose parts are then removed", async () => {
    const { client } = await setUp();
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(at("big")));
    await client.send(new AbortMultipartUploadCommand({ ...at("big"), UploadId }));
    const late = client.send(new UploadPartCommand({ ...at("big"), UploadId, PartNumber: 1, Body: "x" }));
    await expect(late).rejects.toMatchObject({ name: "NoSuchUpload" });
  });

  test("never leaves the folder, whatever the key", async () => {
    const { client, folder } = await setUp();
    for (const key of ["..", "../outside", "a/../../outside"])
      await client.send(new PutObjectCommand({ ...at(key), Body: "x" }));
    expect(readdirSync(folder).sort()).toEqual(["objects", "pending"]);
    expect(readdirSync(join(folder, "objects"))).toHaveLength(3);
  });

  test("deletes an object, also one that is not there", async () => {
    const { client } = await setUp();
    await client.send(new PutObjectCommand({ ...at("a"), Body: "x" }));
    await client.send(new DeleteObjectCommand(at("a")));
    await client.send(new DeleteObjectCommand(at("a")));
    await expect(client.send(new HeadObjectCommand(at("a")))).rejects.toMatchObject({ name: "NotFound" });
  });

  test("lists keys by prefix, page by page", async () => {
    const { client } = await setUp();
    for (const key of ["b/1", "a/2", "a/1", "a/3"]) await client.send(new PutObjectCommand({ ...at(key), Body: key }));
    const first = await client.send(new ListObjectsV2Command({ Bucket: "files", Prefix: "a/", MaxKeys: 2 }));
    expect(first.Contents?.map(({ Key, Size }) => [Key, Size])).toEqual([
      ["a/1", 3],
      ["a/2", 3],
    ]);
    const rest = await client.send(
      new ListObjectsV2Command({ Bucket: "files", Prefix: "a/", ContinuationToken: first.NextContinuationToken }),
    );
    expect(rest.Contents?.map(({ Key }) => Key)).toEqual(["a/3"]);
    expect(rest.IsTruncated).toBe(false);
  });

  test("gets an error for a bucket that does not exist, and for a call that is not modelled", async () => {
    const { client } = await setUp();
    await expect(client.send(new GetObjectCommand({ Bucket: "gone", Key: "a" }))).rejects.toMatchObject({
      name: "NoSuchBucket",
    });
    await expect(client.send(new GetBucketAclCommand({ Bucket: "files" }))).rejects.toMatchObject({
      message: "The twin has no local response for S3's GET here.",
    });
  });
});

test("objects outlive the process, uploads that were cut off do not", async () => {
  const { client, folder } = await setUp();
  await client.send(new PutObjectCommand({ ...at("stored"), Body: "x" }));
  const { UploadId = "" } = await client.send(new CreateMultipartUploadCommand(at("cut")));
  const again = new ObjectFolder(folder);
  expect(again.list("").map(({ key }) => key)).toEqual(["stored"]);
  expect(again.hasUpload(UploadId)).toBe(false);
});
