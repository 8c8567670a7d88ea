import { Readable } from "node:stream";
import { expect, onTestFinished, test, vi } from "vitest";
import { handleS3 } from "../../local/services/s3/api.ts";
import { ObjectFolder } from "../../local/services/s3/object-folder.ts";
import { temporaryFolder } from "../../local/test/tools.ts";
import { startFakeServer } from "../../test-support/fake-server.ts";
import { stubLocalCredentials } from "../test/local-credentials.ts";
import { weightsFacts } from "./weights-facts.ts";

stubLocalCredentials();

const { signal } = new AbortController();

/** S3 with the buckets `here` and, in another region, `there`; objects of `here` have a key. */
async function startS3(): Promise<ObjectFolder> {
  const objects = new ObjectFolder(temporaryFolder());
  const server = await startFakeServer((request, response) => {
    const bucket = request.url?.split(/[/?]/)[1];
    if (request.method === "HEAD") {
      const region = bucket === "here" ? "eu-west-1" : "us-west-2";
      const status = { here: 200, there: 301, closed: 403 }[bucket ?? ""] ?? 404;
      return void response.writeHead(status, status < 400 ? { "x-amz-bucket-region": region } : {}).end();
    }
    response.setHeader("x-amz-server-side-encryption-aws-kms-key-id", "arn:some-key");
    return handleS3((name) => (name === "here" ? objects : undefined), request, response);
  });
  onTestFinished(() => server.stop());
  vi.stubEnv("AWS_ENDPOINT_URL_S3", server.origin);
  return objects;
}

test("a bucket's region is S3's, of one in another region too; one that may not be read is an error", async () => {
  await startS3();
  const facts = weightsFacts({ region: "eu-west-1" });
  expect(await facts.bucketRegion("here", signal)).toBe("eu-west-1");
  expect(await facts.bucketRegion("there", signal)).toBe("us-west-2");
  expect(await facts.bucketRegion("nowhere", signal)).toBeUndefined();
  await expect(facts.bucketRegion("closed", signal)).rejects.toThrow();
});

test("a folder has its manifest, the key of it, and its objects by their path", async () => {
  const objects = await startS3();
  const facts = weightsFacts({ region: "eu-west-1" });
  expect(await facts.weightsFolder("here", "a/1", signal)).toMatchObject({ manifest: undefined, objects: new Map() });
  const put = (key: string, text: string) => objects.put(key, Readable.from([Buffer.from(text)]));
  for (const [key, text] of Object.entries({ "a/1/manifest.json": "{}", "a/1/sub/x": "123", "a/10/y": "" }))
    await put(key, text);
  expect(await facts.weightsFolder("here", "a/1", signal)).toEqual({
    manifest: "{}",
    kmsKeyArn: "arn:some-key",
    objects: new Map([
      ["manifest.json", 2],
      ["sub/x", 3],
    ]),
  });
});
