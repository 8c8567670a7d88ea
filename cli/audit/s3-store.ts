import {
  GetObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsOutput,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { ChainStore, StoredFile } from "../../domain/audit/chain-store.ts";

/** A bucket's prefix: `s3://bucket/prefix`. */
export interface S3Location {
  readonly bucket: string;
  /** Empty, or with `/` at its end. */
  readonly prefix: string;
}

/** @returns `undefined` for what is no address of S3 */
export function s3Location(address: string): S3Location | undefined {
  const [, bucket, path = ""] = /^s3:\/\/([a-z0-9.-]+)(?:\/(.*))?$/.exec(address) ?? [];
  if (bucket === undefined) return undefined;
  const prefix = path.replace(/\/+$/, "");
  return { bucket, prefix: prefix === "" ? "" : `${prefix}/` };
}

/** The versions of an object, and markers that hide it. */
interface Versions {
  /** Of the first version: what was locked when it was written. */
  readonly first: string | undefined;
  readonly count: number;
  readonly deletions: number;
}

/**
 * Chains in a bucket with versions. Object Lock keeps each version, but permits another one with the same key: the first
 * version is read, and another one is a fault.
 */
export function s3Store(client: S3Client, { bucket, prefix }: S3Location): ChainStore {
  const versions = new Map<string, Map<string, Versions>>();
  let listed: Promise<void> | undefined;
  const list = async () => {
    let next: { readonly KeyMarker?: string | undefined; readonly VersionIdMarker?: string | undefined } | undefined =
      {};
    while (next) {
      const command: ListObjectVersionsCommand = new ListObjectVersionsCommand({
        Bucket: bucket,
        Prefix: prefix,
        ...next,
      });
      const page: ListObjectVersionsOutput = await client.send(command);
      // Of one key, S3 lists the newest version first.
      for (const { Key, VersionId } of page.Versions ?? []) add(versions, Key, prefix, { first: VersionId, count: 1 });
      for (const { Key } of page.DeleteMarkers ?? []) add(versions, Key, prefix, { deletions: 1 });
      next = page.IsTruncated
        ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
        : undefined;
    }
  };
  const all = async () => {
    listed ??= list();
    await listed;
    return versions;
  };
  return {
    chains: async () => [...(await all()).keys()],
    files: async (chain) => [...((await all()).get(chain) ?? [])].map(([name, found]) => fileOf(name, found)),
    read: async function* (chain, name) {
      const first = (await all()).get(chain)?.get(name)?.first;
      const { Body } = await client.send(
        new GetObjectCommand({ Bucket: bucket, Key: `${prefix}${chain}/${name}`, VersionId: first }),
      );
      if (Body) yield* Body.transformToWebStream();
    },
  };
}

function add(
  versions: Map<string, Map<string, Versions>>,
  key: string | undefined,
  prefix: string,
  found: Partial<Versions>,
): void {
  const [chain = "", ...rest] = (key ?? "").slice(prefix.length).split("/");
  const files = versions.get(chain) ?? new Map<string, Versions>();
  versions.set(chain, files);
  const before = files.get(rest.join("/")) ?? { first: undefined, count: 0, deletions: 0 };
  files.set(rest.join("/"), {
    first: found.first ?? before.first,
    count: before.count + (found.count ?? 0),
    deletions: before.deletions + (found.deletions ?? 0),
  });
}

function fileOf(name: string, { count, deletions }: Versions): StoredFile {
  if (count === 1 && deletions === 0) return { name };
  return {
    name,
    overwritten: `it has ${count} versions and ${deletions} deletions, and Sluice writes a file once; the first version counts`,
  };
}
