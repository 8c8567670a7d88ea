import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { S3Client } from "@aws-sdk/client-s3";
import { describe, expect, onTestFinished, test } from "vitest";
import type { AuditFault } from "../../domain/audit/audit-fault.ts";
import { headFile, segmentFile } from "../../domain/audit/chain-files.ts";
import { FIRST_MINUTE, signingKey, writtenChain } from "../../domain/audit/test/written-chain.ts";
import { verifyChain } from "../../domain/audit/verify-chain.ts";
import { s3Location, s3Store } from "./s3-store.ts";

const KEY = signingKey();
const UNTIL = FIRST_MINUTE + 4 * 60_000;
const twoChains = () => writtenChain("org-b", [4, 0, 0, 5], KEY, writtenChain("org-a", [1, 2, 0, 3], KEY));

describe("a trail in S3", () => {
  /** A bucket: the versions of each key, newest first; `undefined` for a deletion. */
  async function bucketOf(versions: ReadonlyMap<string, readonly (Buffer | undefined)[]>) {
    const rows = [...versions].flatMap(([key, all]) =>
      all.map((body, index) => ({ key, body, id: `v${all.length - index}` })),
    );
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? "/", "http://localhost");
      if (!url.searchParams.has("versions")) {
        const id = url.searchParams.get("versionId");
        const found = rows.find(({ key, id: version }) => `/audit/${key}` === url.pathname && version === id);
        return void response.writeHead(found?.body ? 200 : 404).end(found?.body);
      }
      // Pages of four, so that a key's versions lie on two pages.
      const marker = [url.searchParams.get("key-marker"), url.searchParams.get("version-id-marker")];
      const from = rows.findIndex(({ key, id }) => key === marker[0] && id === marker[1]) + 1;
      const page = rows.slice(from, from + 4);
      const last = page.at(-1);
      const items = page.map(({ key, body, id }) => {
        const tag = body ? "Version" : "DeleteMarker";
        return `<${tag}><Key>${key}</Key><VersionId>${id}</VersionId></${tag}>`;
      });
      const more = `<NextKeyMarker>${last?.key}</NextKeyMarker><NextVersionIdMarker>${last?.id}</NextVersionIdMarker>`;
      const isTruncated = from + page.length < rows.length;
      response.writeHead(200, { "content-type": "application/xml" });
      response.end(
        `<ListVersionsResult><IsTruncated>${isTruncated}</IsTruncated>${isTruncated ? more : ""}${items.join("")}</ListVersionsResult>`,
      );
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    onTestFinished(() => void server.close());
    const client = new S3Client({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: "eu-west-1",
      forcePathStyle: true,
      credentials: { accessKeyId: "a", secretAccessKey: "b" },
    });
    onTestFinished(() => client.destroy());
    return s3Store(client, { bucket: "audit", prefix: "trail/" });
  }

  async function faultsOf(versions: ReadonlyMap<string, readonly (Buffer | undefined)[]>) {
    const faults: AuditFault[] = [];
    const store = await bucketOf(versions);
    for (const chain of await store.chains())
      await verifyChain(chain, { store, keys: [KEY], until: UNTIL, report: (fault) => faults.push(fault) });
    return faults;
  }
  const inBucket = () =>
    new Map([...twoChains()].map(([path, content]) => [`trail/${path}`, [content] as (Buffer | undefined)[]]));

  test("is intact where each object has one version", async () => {
    expect(await faultsOf(inBucket())).toEqual([]);
  });

  test("is read as it was written first, and later versions and deletions are faults", async () => {
    const versions = inBucket();
    const segment = `trail/org-a/${segmentFile(2)}`;
    versions.set(segment, [Buffer.from("another text\n"), ...(versions.get(segment) ?? [])]);
    const head = `trail/org-b/${headFile(4)}`;
    versions.set(head, [undefined, ...(versions.get(head) ?? [])]);
    expect(await faultsOf(versions)).toMatchObject([
      {
        kind: "overwritten",
        chain: "org-a",
        file: segmentFile(2),
        text: expect.stringMatching(/^it has 2 versions and 0 del/),
      },
      {
        kind: "overwritten",
        chain: "org-b",
        file: headFile(4),
        text: expect.stringMatching(/^it has 1 versions and 1 del/),
      },
    ]);
  });

  test.each([
    ["s3://audit", { bucket: "audit", prefix: "" }],
    ["s3://audit/", { bucket: "audit", prefix: "" }],
    ["s3://audit/trail/", { bucket: "audit", prefix: "trail/" }],
    ["s3://audit/a/b", { bucket: "audit", prefix: "a/b/" }],
    ["./s3", undefined],
  ])("has the address %s", (address, location) => {
    expect(s3Location(address)).toEqual(location);
  });
});
