import { DeleteObjectCommand, ListObjectVersionsCommand, type S3Client } from "@aws-sdk/client-s3";
import { DeleteCommand, type DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { SubjectData } from "../../../domain/erasure/erased-subject.ts";
import {
  batchPartition,
  filesOfSubjectPartition,
  filesPrefix,
  heldFileKey,
  ownerPartition,
  partsPrefix,
  QUEUE_PARTITION,
} from "../../../domain/erasure/file-partitions.ts";
import { eachOf } from "./each-of.ts";
import type { IsLate, Swept } from "./erasable-data.ts";

const PAGE = 100;
const CONCURRENCY = 20;
const BATCH = "batch#";
const FILE = "file#";

export interface FileStores {
  readonly client: DynamoDBDocumentClient;
  /** Has the keys `pk` and `sk`. */
  readonly tableName: string;
  readonly s3: S3Client;
  readonly bucket: string;
}

/** Deletes files and batches of keys: their items, and all versions of their content. */
export class FileEraser {
  readonly #stores: FileStores;

  constructor(stores: FileStores) {
    this.#stores = stores;
  }

  /** Keys with which a subject has stored files, those that have ended too. */
  async keyIds(subject: string): Promise<readonly string[]> {
    const ids: string[] = [];
    for (let after: string | undefined; ; after = ids.at(-1)) {
      const page = await this.#sortKeys(filesOfSubjectPartition(subject), after);
      ids.push(...page);
      if (page.length === 0) return ids;
    }
  }

  async erase({ keyIds }: SubjectData, isLate: IsLate): Promise<Swept> {
    const counts = { files: 0, batches: 0 };
    for (const owner of keyIds) {
      for (let after: string | undefined; ; ) {
        if (isLate()) return { counts, isDone: false };
        const page = await this.#sortKeys(ownerPartition(owner), after);
        if (page.length === 0) break;
        const batches = page.filter((sk) => sk.startsWith(BATCH)).map((sk) => sk.slice(BATCH.length));
        for (const batch of batches) if (!(await this.#eraseBatch(batch, isLate))) return { counts, isDone: false };
        await eachOf(page, CONCURRENCY, (sk) => this.#delete(ownerPartition(owner), sk));
        counts.batches += batches.length;
        counts.files += page.filter((sk) => sk.startsWith(FILE)).length;
        after = page.at(-1);
      }
      for (const prefix of [filesPrefix(owner), heldFileKey(filesPrefix(owner))])
        if (!(await this.#eraseObjects(prefix, isLate))) return { counts, isDone: false };
    }
    return { counts, isDone: true };
  }

  /** @returns false where it was late */
  async #eraseBatch(batch: string, isLate: IsLate): Promise<boolean> {
    // The queue first, so that no gateway takes it.
    await this.#delete(QUEUE_PARTITION, batch);
    for (;;) {
      if (isLate()) return false;
      const page = await this.#sortKeys(batchPartition(batch));
      if (page.length === 0) break;
      await eachOf(page, CONCURRENCY, (sk) => this.#delete(batchPartition(batch), sk));
    }
    return this.#eraseObjects(partsPrefix(batch), isLate);
  }

  /** Deletes all versions: a file that is only deleted could be restored for a day. @returns false where it was late */
  async #eraseObjects(Prefix: string, isLate: IsLate): Promise<boolean> {
    const { s3, bucket: Bucket } = this.#stores;
    for (;;) {
      if (isLate()) return false;
      const { Versions = [], DeleteMarkers = [] } = await s3.send(
        new ListObjectVersionsCommand({ Bucket, Prefix, MaxKeys: PAGE }),
      );
      const versions = [...Versions, ...DeleteMarkers].flatMap(({ Key, VersionId }) =>
        Key === undefined ? [] : [{ Bucket, Key, VersionId }],
      );
      if (versions.length === 0) return true;
      await eachOf(versions, CONCURRENCY, (version) => s3.send(new DeleteObjectCommand(version)));
    }
  }

  async #sortKeys(pk: string, after?: string): Promise<readonly string[]> {
    const { client, tableName } = this.#stores;
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: `pk = :pk${after === undefined ? "" : " AND sk > :after"}`,
        ProjectionExpression: "pk, sk",
        ExpressionAttributeValues: { ":pk": pk, ...(after === undefined ? {} : { ":after": after }) },
        ConsistentRead: true,
        Limit: PAGE,
      }),
    );
    return Items.map(({ sk }) => String(sk));
  }

  async #delete(pk: string, sk: string): Promise<void> {
    const { client, tableName } = this.#stores;
    await client.send(new DeleteCommand({ TableName: tableName, Key: { pk, sk } }));
  }
}
